import { defineMessages } from '../i18n/catalogue.ts';

const en = {
  read: '{name}. Use the arrow keys to read it.',
  showTable: 'Show as table',
  showChart: 'Show as chart',
  noChart: 'The chart could not be loaded. Its data is shown as a table.',
  retryChart: 'Load the chart',
  partial: 'Partial interval',
  noData: 'No data',
  shown: 'Shown in the chart',
};

/** A key of these texts. */
export type ChartMessage = keyof typeof en;

/** The texts of every chart. */
export const chartMessages = defineMessages<ChartMessage>(
  'chart',
  en,
  (language) => import(`../i18n/${language}/chart.ts`),
);
