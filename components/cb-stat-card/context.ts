import type { StatsOverview } from '@cloudbrain/sdk';
import { formatValue } from '../../src/format/value.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import { numberFormat } from '../../src/format/formatters.ts';
import type { FigureMessage } from './figure.messages.ts';

/** Gives a text in the reader's language. */
type Translate = (key: FigureMessage, values?: MessageValues) => string;

/** The context of a metric: the total it is part of, or related figures. */
export function contextOf(metric: string, data: StatsOverview, t: Translate): string | undefined {
  const { executions, cost, latencyMs } = data;
  if (metric === 'cost.usd' && cost.unpricedRequests > 0)
    return t('unpriced', { n: cost.unpricedRequests });
  if (metric === 'executions.successRate')
    return t('ofCount', {
      n: executions.completed,
      total: executions.completed + executions.failed,
    });
  if (metric === 'errorRate') return t('ofCount', { n: data.errors, total: data.requests });
  if (metric === 'latencyMs.p95')
    return t('percentiles', {
      p50: (locale) => formatValue(latencyMs.p50, 'duration', locale),
      p99: (locale) => formatValue(latencyMs.p99, 'duration', locale),
    });
  return undefined;
}

/** What a change compares with. */
export function comparison(timeframe: string | undefined, t: Translate): string {
  if (timeframe === 'today') return t('versusToday');
  if (timeframe === 'month') return t('versusMonth');
  if (timeframe === 'yesterday') return t('versusYesterday');
  if (timeframe === 'last-week') return t('versusLastWeek');
  if (timeframe === 'last-month') return t('versusLastMonth');
  const length = lengthOf(timeframe);
  return length ? t('versus', { period: length }) : t('versusPeriod');
}

/** What the figure covers. */
export function period(timeframe: string | undefined, t: Translate): string {
  if (timeframe === 'today') return t('periodToday');
  if (timeframe === 'month') return t('periodMonth');
  if (timeframe === 'yesterday') return t('periodYesterday');
  if (timeframe === 'last-week') return t('periodLastWeek');
  if (timeframe === 'last-month') return t('periodLastMonth');
  if (timeframe === 'all') return t('periodAll');
  const length = lengthOf(timeframe);
  return length ? t('period', { period: length }) : t('periodOther');
}

/** `7 days`; undefined for a period that isn't named by its length. */
function lengthOf(timeframe: string | undefined): ((locale: string) => string) | undefined {
  const [, length, letter] = /^(\d+)(h|d)$/.exec(timeframe ?? '') ?? [];
  if (!length) return undefined;
  const unit = letter === 'h' ? 'hour' : 'day';
  return (locale) =>
    numberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Number(length));
}
