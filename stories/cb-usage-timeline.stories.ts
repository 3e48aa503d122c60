import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { CbUsageTimeline } from '../components/cb-usage-timeline/define.ts';
import '../components/cb-usage-timeline/define.ts';
import { METRICS } from '../components/cb-usage-timeline/series.ts';
import { timeframeControl } from './support/controls.ts';
import { tokenControls, type TokenArgs } from './support/tokens.ts';

type Args = Partial<CbUsageTimeline> & TokenArgs;
type Story = StoryObj<Args>;

const meta: Meta<Args> = {
  title: 'cb-usage-timeline',
  component: 'cb-usage-timeline',
  argTypes: {
    timeframe: timeframeControl,
    metric: { control: 'select', options: METRICS },
  },
};
export default meta;

/** A figure over a period that the reader chooses. */
export const Playground: Story = { args: { timeframe: '7d' } };

/** Percentiles of the time that requests take. */
export const Latency: Story = { args: { timeframe: '7d', metric: 'latency' } };

/** Those that failed have a strip of their own. */
export const Executions: Story = { args: { timeframe: '7d', metric: 'executions' } };

/** The same as a table. */
export const AsTable: Story = { args: { timeframe: '7d', asTable: true } };

/**
 * The first data came within the period: a gap before it. Intervals that the period or the data
 * covers only in part are hollow points with a dotted line to them, at both ends.
 */
export const PartialIntervals: Story = { args: { timeframe: '90d' } };

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

/** Labels thin out, then the legend goes below. */
export const Sizes: Story = {
  render: () =>
    html`<div class="sizes">
      ${[320, 480, 720].map(
        (width) =>
          html`<cb-usage-timeline
            class="w${width}"
            heading="${width} pixels"
            timeframe="7d"
          ></cb-usage-timeline>`,
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
    '--cb-color-chart-1': 'color',
    '--cb-color-chart-3': 'color',
    '--cb-usage-timeline-height': 'text',
    '--cb-usage-timeline-padding-inline': 'text',
    '--cb-font': 'text',
  }),
  args: {
    timeframe: '7d',
    '--cb-color-accent': 'light-dark(#b4005a, #ff9ccb)',
    '--cb-usage-timeline-height': '180px',
    '--cb-font': 'Georgia, serif',
  },
};
