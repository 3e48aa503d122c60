import type { ModelUsage, StatsModels } from '@cloudbrain/sdk';
import { addDecimal } from '../../src/data/queries/delta.ts';
import type { Value, ValueFormat } from '../../src/format/value.ts';

/** What models are compared by. */
export type ShareMetric = 'requests' | 'tokens' | 'cost';

export const METRICS: readonly ShareMetric[] = ['requests', 'tokens', 'cost'];

export const FORMATS: Record<ShareMetric, ValueFormat> = {
  requests: 'number',
  tokens: 'number',
  cost: 'currency',
};

/** How many models have a slice of their own; the colours reach for one more. */
const MOST = 7;

/** One model, or all others together. */
export interface Share {
  /** `null` for the others together. */
  model: string | null;
  /** How many models it is. */
  models: number;
  /** `null` where it is unknown: no request of it has a price. */
  value: Value | null;
  /** 0 to 1; `null` where it is unknown. */
  share: number | null;
}

/** The shares of a metric, the largest first. */
export interface Shares {
  shares: readonly Share[];
  total: Value;
}

type Usage = Pick<ModelUsage, 'requests' | 'tokens' | 'cost'>;

/** The metric that an attribute names; requests by default. */
export function metricOf(name: string | undefined): ShareMetric {
  return METRICS.find((metric) => metric === name) ?? 'requests';
}

/** The figure of a model. */
function figureOf({ requests, tokens, cost }: Usage, metric: ShareMetric): Value | null {
  if (metric === 'requests') return requests;
  if (metric === 'tokens') return tokens.total;
  // Without a price for any request, a cost of 0 would be wrong.
  return cost.unpricedRequests >= requests && requests > 0 && Number(cost.usd) === 0
    ? null
    : cost.usd;
}

/** Sums exactly: money is a decimal string. */
const add = (a: Value, b: Value | null): Value =>
  typeof b === 'string' ? addDecimal(String(a), b) : Number(a) + (b ?? 0);

/** The largest models, and the others together; those of `other` are known only as a sum. */
export function sharesOf({ data, other }: StatsModels, metric: ShareMetric): Shares {
  const zero: Value = metric === 'cost' ? '0' : 0;
  const all = data
    .map((usage) => ({ model: usage.model, models: 1, value: figureOf(usage, metric) }))
    .sort((a, b) => Number(b.value ?? -1) - Number(a.value ?? -1));
  const shown: Omit<Share, 'share'>[] = all.slice(0, MOST);
  const rest = all.slice(MOST).map(({ value }) => value);
  const models = rest.length + (other?.entries ?? 0);
  if (other) rest.push(figureOf(other, metric));
  if (models > 0) shown.push({ model: null, models, value: rest.reduce<Value>(add, zero) });
  const total = shown.map(({ value }) => value).reduce<Value>(add, zero);
  const shareOf = (value: Value | null) =>
    value === null || Number(total) === 0 ? null : Number(value) / Number(total);
  return { total, shares: shown.map((it) => ({ ...it, share: shareOf(it.value) })) };
}
