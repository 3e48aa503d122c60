import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { CbStatCard } from '../components/cb-stat-card/define.ts';
import '../components/cb-stat-card/define.ts';
import { timeframeControl } from './support/controls.ts';
import { tokenControls, type TokenArgs } from './support/tokens.ts';

type Args = Partial<CbStatCard> & TokenArgs;
type Story = StoryObj<Args>;

const metrics = [
  'requests',
  'conversations',
  'executions.successRate',
  'errorRate',
  'tokens.total',
  'cost.usd',
  'latencyMs.p95',
  'users.active',
];

const meta: Meta<Args> = {
  title: 'cb-stat-card',
  component: 'cb-stat-card',
  argTypes: {
    metric: { control: 'select', options: metrics },
    timeframe: timeframeControl,
    format: {
      control: 'select',
      options: ['number', 'compact', 'currency', 'percent', 'duration', 'bytes', 'tokens'],
    },
    polarity: { control: 'select', options: ['good-when-up', 'good-when-down', 'neutral'] },
  },
};
export default meta;

const requests: Args = { metric: 'requests', timeframe: '24h' };

/** Everything can be set here. */
export const Playground: Story = { args: requests };

/** Figures need no server: give the value, its change and its trend. */
export const PlainValues: Story = {
  parameters: { scenario: 'none' },
  args: {
    heading: 'Tickets solved',
    value: 1284,
    change: 0.12,
    trend: [31, 40, 28, 51, 42, 60, 55, 71],
    description: 'vs. the week before',
  },
};

/** A rate has a bar, and a limit that it should keep to. */
export const WithTarget: Story = { args: { metric: 'errorRate', timeframe: '24h', target: 0.05 } };

/** The skeleton has the shape of what will come. */
export const Loading: Story = { parameters: { scenario: 'loading' }, args: requests };

/** What is shown is old: its age says so. */
export const Stale: Story = {
  parameters: { scenario: 'stale' },
  args: { ...requests, refresh: 1 },
};

/** The figure can't be told. */
export const Partial: Story = {
  parameters: { scenario: 'none' },
  args: { heading: 'Satisfaction', value: null },
};

/** There is no such figure. */
export const Empty: Story = { args: { metric: 'requests.perMoon' } };

/** The server fails: what, when it is tried again, and a button to try now. */
export const Failing: Story = { parameters: { scenario: 'failing' }, args: requests };

/** Nobody listens. */
export const Unreachable: Story = { parameters: { scenario: 'gone' }, args: requests };

/** The token may not see it. */
export const Forbidden: Story = { parameters: { scenario: 'forbidden' }, args: requests };

/** It follows the width it is given. */
export const Sizes: Story = {
  args: requests,
  render: ({ metric, timeframe }) =>
    html`<div class="sizes">
      ${[180, 240, 320, 480].map(
        (width) =>
          html`<cb-stat-card
            class="w${width}"
            heading="${width} pixels"
            metric=${metric ?? 'requests'}
            timeframe=${timeframe ?? '24h'}
          ></cb-stat-card>`,
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
    '--cb-stat-card-trend-color': 'color',
    '--cb-stat-card-value-size': 'text',
    '--cb-stat-card-padding-block': 'text',
    '--cb-stat-card-padding-inline': 'text',
    '--cb-font': 'text',
  }),
  args: {
    ...requests,
    '--cb-color-accent': 'light-dark(#b4005a, #ff9ccb)',
    '--cb-stat-card-value-size': '36px',
    '--cb-font': 'Georgia, serif',
  },
};
