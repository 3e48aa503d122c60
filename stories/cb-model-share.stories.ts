import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { CbModelShare } from '../components/cb-model-share/define.ts';
import '../components/cb-model-share/define.ts';
import { METRICS } from '../components/cb-model-share/shares.ts';
import { timeframeControl } from './support/controls.ts';
import { tokenControls, type TokenArgs } from './support/tokens.ts';

type Args = Partial<CbModelShare> & TokenArgs;
type Story = StoryObj<Args>;

const meta: Meta<Args> = {
  title: 'cb-model-share',
  component: 'cb-model-share',
  argTypes: {
    timeframe: timeframeControl,
    metric: { control: 'select', options: METRICS },
    shape: { control: 'select', options: ['ring', 'bars'] },
  },
};
export default meta;

/** Everything can be set here. */
export const Playground: Story = { args: { timeframe: '7d' } };

/** Bars: easier to compare, without a legend. */
export const Bars: Story = { args: { timeframe: '7d', shape: 'bars' } };

/** The same as a table. */
export const AsTable: Story = { args: { timeframe: '7d', asTable: true } };

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
        (width) =>
          html`<cb-model-share
            class="w${width}"
            heading="${width} pixels"
            timeframe="7d"
          ></cb-model-share>`,
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
    '--cb-model-share-padding-inline': 'text',
    '--cb-font': 'text',
  }),
  args: {
    timeframe: '7d',
    '--cb-color-accent': 'light-dark(#b4005a, #ff9ccb)',
    '--cb-font': 'Georgia, serif',
  },
};
