import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { CbLogin } from '../components/cb-login/define.ts';
import '../components/cb-login/define.ts';
import { tokenControls, type TokenArgs } from './support/tokens.ts';

type Args = Partial<CbLogin> & TokenArgs;
type Story = StoryObj<Args>;

const meta: Meta<Args> = {
  title: 'cb-login',
  component: 'cb-login',
  parameters: { signedOut: true },
};
export default meta;

/** Fills the form in and sends it. */
const signIn: NonNullable<Story['play']> = async ({ canvasElement }) => {
  const login = canvasElement.querySelector('cb-login');
  await customElements.whenDefined('cb-login');
  await login?.updateComplete;
  const form = login?.shadowRoot?.querySelector('form');
  for (const input of form?.querySelectorAll('input') ?? []) {
    input.value = input.type === 'email' ? 'admin@localhost' : 'a password';
  }
  form?.requestSubmit();
};

/** Whatever is typed here signs in. */
export const Playground: Story = { args: { email: 'admin@localhost' } };

/** The password was wrong. */
export const Refused: Story = { parameters: { scenario: 'refused' }, play: signIn };

/** It was wrong too often: nobody can try for a while. */
export const Locked: Story = { parameters: { scenario: 'locked' }, play: signIn };

/** The server did not answer. */
export const Unreachable: Story = { parameters: { scenario: 'gone' }, play: signIn };

/** Who is in; the menu says more, and signs out. */
export const SignedIn: Story = { play: signIn };

/** It follows the width it is given. */
export const Sizes: Story = {
  render: () =>
    html`<div class="sizes">
      ${[240, 320, 400].map(
        (width) => html`<cb-login class="w${width}" heading="${width} pixels"></cb-login>`,
      )}
    </div>`,
};

/** A brand sets a few tokens. */
export const Theming: Story = {
  argTypes: tokenControls({
    '--cb-color-accent': 'color',
    '--cb-color-surface': 'color',
    '--cb-color-border': 'color',
    '--cb-color-text': 'color',
    '--cb-font': 'text',
  }),
  args: { '--cb-color-accent': 'light-dark(#b4005a, #ff9ccb)', '--cb-font': 'Georgia, serif' },
};
