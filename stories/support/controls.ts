import type { InputType } from 'storybook/internal/types';

/** The periods that were recorded. */
export const timeframeControl: InputType = {
  control: 'select',
  options: ['today', '24h', '7d', '30d', '90d'],
};
