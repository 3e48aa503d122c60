import { formatValue } from '../../src/format/value.ts';
import { numberFormat } from '../../src/format/formatters.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import type { FigureMessage } from './figure.messages.ts';
import { readMetric, sibling } from './metrics.ts';
import type { Figures } from './sources.ts';

/** Gives a text in the reader's language. */
type Translate = (key: FigureMessage, values?: MessageValues) => string;

/** The context of a metric: the total it is part of, or related figures. */
export function contextOf(metric: string, data: Figures, t: Translate): string | undefined {
  const read = (path: string): number => Number(readMetric(data, path).value);
  if (/successRate$|success\.rate$/.test(metric)) {
    const completed = read(sibling(metric, 'completed'));
    return t('ofCount', { n: completed, total: completed + read(sibling(metric, 'failed')) });
  }
  if (metric === 'errorRate') return t('ofCount', { n: read('errors'), total: read('requests') });
  if (metric === 'latencyMs.p95') {
    const text = (path: string) => (locale: string) =>
      formatValue(readMetric(data, path).value, 'duration', locale);
    return t('percentiles', { p50: text('latencyMs.p50'), p99: text('latencyMs.p99') });
  }
  return undefined;
}

/** What the reader should know of a figure besides, in a sentence. */
export function remarkOf(metric: string, data: Figures, t: Translate): string | undefined {
  const unpriced = Number(readMetric(data, 'cost.unpricedRequests').value);
  return metric === 'cost.usd' && unpriced > 0 ? t('unpriced', { n: unpriced }) : undefined;
}

/** The keys of what periods with a name are called, alone and compared. */
const NAMED: Record<string, [FigureMessage, FigureMessage]> = {
  today: ['periodToday', 'comparedToday'],
  yesterday: ['periodYesterday', 'comparedYesterday'],
  'last-week': ['periodLastWeek', 'comparedLastWeek'],
  month: ['periodMonth', 'comparedMonth'],
  'last-month': ['periodLastMonth', 'comparedLastMonth'],
  hour: ['periodHour', 'periodHour'],
};

/**
 * What the figure covers, and what its change compares with.
 *
 * @param timeframe undefined for a period without a name; `now` has none
 * @param isCompared whether a change is shown
 */
export function periodText(
  timeframe: string | undefined,
  isCompared: boolean,
  t: Translate,
): string {
  if (timeframe === 'now') return '';
  if (timeframe === 'all') return t('periodAll');
  const [alone, compared] = NAMED[timeframe ?? ''] ?? [];
  if (alone && compared) return t(isCompared ? compared : alone);
  const length = lengthOf(timeframe);
  if (length === undefined) return t(isCompared ? 'comparedOther' : 'periodOther');
  return t(isCompared ? 'compared' : 'period', { period: length });
}

/** `7 days`; undefined for a period that isn't named by its length. */
function lengthOf(timeframe: string | undefined): ((locale: string) => string) | undefined {
  const [, length, letter] = /^(\d+)(h|d)$/.exec(timeframe ?? '') ?? [];
  if (!length) return undefined;
  const unit = letter === 'h' ? 'hour' : 'day';
  return (locale) =>
    numberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Number(length));
}
