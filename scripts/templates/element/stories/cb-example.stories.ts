import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { CbExample } from '../components/cb-example/define.ts';
import '../components/cb-example/define.ts';
import { timeframeControl } from './support/controls.ts';
import { tokenControls, type TokenArgs } from './support/tokens.ts';

type Args = Partial<CbExample> & TokenArgs;
type Story = StoryObj<Args>;

const meta: Meta<Args> = {
  title: 'cb-example',
  component: 'cb-example',
  argTypes: { timeframe: timeframeControl },
};
export default meta;

/** Everything can be set here. */
export const Playground: Story = { args: { timeframe: '24h' } };

/** The skeleton has the shape of what will come. */
export const Loading: Story = { parameters: { scenario: 'loading' } };

/** What is shown is old: its age says so. */
export const Stale: Story = { parameters: { scenario: 'stale' }, args: { refresh: 1 } };

/** No telemetry has come yet. */
export const Empty: Story = { parameters: { scenario: 'empty' } };

/** The server fails: what, when it is tried again, and a button to try now. */
export const Failing: Story = { parameters: { scenario: 'failing' } };

/** Nobody listens. */
export const Unreachable: Story = { parameters: { scenario: 'gone' } };

/** The token may not see it. */
export const Forbidden: Story = { parameters: { scenario: 'forbidden' } };

/** It follows the width it is given. */
export const Sizes: Story = {
  render: () =>
    html`<div class="sizes">
      ${[180, 320, 480].map(
        (width) => html`<cb-example class="w${width}" heading="${width} pixels"></cb-example>`,
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
    '--cb-example-padding-inline': 'text',
    '--cb-font': 'text',
  }),
  args: {
    '--cb-color-accent': 'light-dark(#b4005a, #ff9ccb)',
    '--cb-font': 'Georgia, serif',
  },
};
