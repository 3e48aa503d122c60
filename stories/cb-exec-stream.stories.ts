import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { CbExecStream } from '../components/cb-exec-stream/define.ts';
import '../components/cb-exec-stream/define.ts';
import { tokenControls, type TokenArgs } from './support/tokens.ts';

type Args = Partial<CbExecStream> & TokenArgs;
type Story = StoryObj<Args>;

const meta: Meta<Args> = {
  title: 'cb-exec-stream',
  component: 'cb-exec-stream',
  argTypes: { limit: { control: { type: 'number', min: 1, max: 200 } } },
};
export default meta;

/** What the agents of a busy team did while this was recorded, over and over. */
export const Playground: Story = { args: { limit: 8 } };

/** New rows wait until the reader goes on. */
export const Paused: Story = { args: { limit: 5, paused: true } };

/** The skeleton has the shape of what will come. */
export const Loading: Story = { parameters: { scenario: 'loading' }, args: { limit: 5 } };

/** What is shown is old: its age says so. */
export const Stale: Story = { parameters: { scenario: 'stale' }, args: { limit: 5, refresh: 1 } };

/** No telemetry has come yet. */
export const Empty: Story = { parameters: { scenario: 'empty' } };

/** The server fails: what, when it is tried again, and a button to try now. */
export const Failing: Story = { parameters: { scenario: 'failing' } };

/** Nobody listens. */
export const Unreachable: Story = { parameters: { scenario: 'gone' } };

/** The token may not see it. */
export const Forbidden: Story = { parameters: { scenario: 'forbidden' } };

/** A table becomes a list of two lines each. */
export const Sizes: Story = {
  render: () =>
    html`<div class="sizes">
      ${[320, 480, 720].map(
        (width) =>
          html`<cb-exec-stream
            class="w${width}"
            heading="${width} pixels"
            limit="4"
          ></cb-exec-stream>`,
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
    '--cb-exec-stream-row-height': 'text',
    '--cb-exec-stream-padding-inline': 'text',
    '--cb-font': 'text',
  }),
  args: {
    limit: 5,
    '--cb-color-accent': 'light-dark(#b4005a, #ff9ccb)',
    '--cb-exec-stream-row-height': '46px',
    '--cb-font': 'Georgia, serif',
  },
};
