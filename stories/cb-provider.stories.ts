import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { CbProvider } from '../components/cb-provider/define.ts';
import '../components/cb-exec-stream/define.ts';
import '../components/cb-stat-card/define.ts';
import { timeframeControl } from './support/controls.ts';
import { baseUrl } from './support/service.ts';
import { tokenControls, type TokenArgs } from './support/tokens.ts';

type Args = Partial<CbProvider> & TokenArgs;
type Story = StoryObj<Args>;

const meta: Meta<Args> = {
  title: 'cb-provider',
  component: 'cb-provider',
  parameters: { scenario: 'none' },
  argTypes: {
    timeframe: timeframeControl,
    density: { control: 'select', options: ['comfortable', 'compact'] },
    locale: { control: 'select', options: ['en-GB', 'de-DE', 'ar-EG', 'he-IL', 'ja-JP'] },
  },
  args: { timeframe: '24h' },
  render: ({ timeframe, density, locale }) =>
    html`<cb-provider
      base-url=${baseUrl('admin')}
      token="recorded"
      timeframe=${timeframe ?? '24h'}
      density=${density ?? 'comfortable'}
      locale=${locale ?? 'en-GB'}
    >
      <div class="sizes">
        <cb-stat-card class="w240" metric="requests"></cb-stat-card>
        <cb-stat-card class="w240" metric="cost.usd"></cb-stat-card>
        <cb-stat-card class="w240" metric="latencyMs.p95"></cb-stat-card>
      </div>
    </cb-provider>`,
};
export default meta;

/** What the provider says holds for every element in it that does not say otherwise. */
export const Playground: Story = {};

export const Compact: Story = { args: { density: 'compact' } };

export const German: Story = { args: { locale: 'de-DE' } };

export const Arabic: Story = { args: { locale: 'ar-EG' } };

export const Hebrew: Story = { args: { locale: 'he-IL' } };

export const Japanese: Story = { args: { locale: 'ja-JP' } };

/** Tokens that are set on it hold for all in it. */
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
