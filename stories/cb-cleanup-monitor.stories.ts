import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { CbCleanupMonitor } from '../components/cb-cleanup-monitor/define.ts';
import '../components/cb-cleanup-monitor/define.ts';
import { tokenControls, type TokenArgs } from './support/tokens.ts';

type Args = Partial<CbCleanupMonitor> & TokenArgs;
type Story = StoryObj<Args>;

const meta: Meta<Args> = {
  title: 'cb-cleanup-monitor',
  component: 'cb-cleanup-monitor',
  argTypes: { limit: { control: { type: 'number', min: 1, max: 200 } } },
};
export default meta;

/** An admin sees settings, the last run and what it removed, and may ask for a run. */
export const Playground: Story = { args: { limit: 10 } };

/** A role of the installation is needed. */
export const Forbidden: Story = { parameters: { scenario: 'viewer' } };

/** The skeleton has the shape of what will come. */
export const Loading: Story = { parameters: { scenario: 'loading' } };

/** What is shown is old: its age says so. */
export const Stale: Story = { parameters: { scenario: 'stale' }, args: { limit: 5, refresh: 1 } };

/** Nothing has been removed yet. */
export const NothingYet: Story = { parameters: { scenario: 'empty' } };

/** The server fails: what, when it is tried again, and a button to try now. */
export const Failing: Story = { parameters: { scenario: 'failing' } };

/** Nobody listens. */
export const Unreachable: Story = { parameters: { scenario: 'gone' } };

/** A table becomes a list of two lines each. */
export const Sizes: Story = {
  render: () =>
    html`<div class="sizes">
      ${[320, 480, 720].map(
        (width) =>
          html`<cb-cleanup-monitor
            class="w${width}"
            heading="${width} pixels"
            limit="4"
          ></cb-cleanup-monitor>`,
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
    '--cb-cleanup-monitor-padding-inline': 'text',
    '--cb-font': 'text',
  }),
  args: {
    limit: 5,
    '--cb-color-accent': 'light-dark(#b4005a, #ff9ccb)',
    '--cb-font': 'Georgia, serif',
  },
};
