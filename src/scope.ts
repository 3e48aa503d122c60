import type { StatsOverviewQuery } from '@cloudbrain/sdk';

/** Which figures are meant: the query parameters that statistics and lists share. */
export type Scope = StatsOverviewQuery;

/** The period of a question, as attributes or a provider give it. */
export interface Period {
  timeframe?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** What elements and providers can both be told; the element's own word counts. */
export interface Settings extends Period {
  domain?: string | undefined;
  refresh?: number | undefined;
  locale?: string | undefined;
  density?: string | undefined;
}

/**
 * What to ask for, from an element's own settings and its provider's. A period is taken whole
 * from one of them: an element's `from` never meets its provider's `timeframe`.
 */
export function scopeOf(own: Settings, provider: Settings = {}): Scope {
  const hasPeriod = (it: Period) => Boolean(it.timeframe || it.from || it.to);
  const period = hasPeriod(own) ? own : provider;
  const scope: Record<string, string> = {};
  const domain = own.domain ?? provider.domain;
  if (domain) scope.domain = domain;
  if (period.from || period.to) {
    if (period.from) scope.from = period.from;
    if (period.to) scope.to = period.to;
  } else scope.timeframe = period.timeframe || '24h';
  // `today`, `month` and the days of a timeline begin at the reader's midnight.
  scope.timezone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  // An attribute may hold anything; what is no timeframe the server refuses, and says so.
  return scope;
}
