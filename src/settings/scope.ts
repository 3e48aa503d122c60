import type { StatsOverviewQuery } from '@cloudbrain/sdk';

/** Which figures are meant: the query parameters that statistics and lists share. */
export type Scope = StatsOverviewQuery;

/** The period of a question, as attributes or a provider give it. */
export interface Period {
  timeframe?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** Whether a scope's period ends now; otherwise new data doesn't belong to it. */
export const endsNow = ({ to, timeframe }: Scope): boolean =>
  !to && !['yesterday', 'last-week', 'last-month'].includes(timeframe ?? '');

/** Settings of both elements and providers; the element's own take precedence. */
export interface Settings extends Period {
  domain?: string | undefined;
  refresh?: number | undefined;
  locale?: string | undefined;
  density?: string | undefined;
}

/**
 * The scope of an element, from its own settings and its provider's. All settings of the period
 * come from one of them: an element's `from` is never combined with its provider's `timeframe`.
 */
export function scopeOf(own: Settings, provider: Settings = {}): Scope {
  const { timeframe, from, to }: Period = own.timeframe || own.from || own.to ? own : provider;
  const scope = {
    // An empty attribute is none; an element's own asks for all domains, whatever its provider says.
    domain: (own.domain ?? provider.domain) || undefined,
    from: from || undefined,
    to: to || undefined,
    timeframe: from || to ? undefined : timeframe || '24h',
    // Timeframes of the calendar and the days of a timeline start at the reader's midnight.
    timezone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  // An attribute can hold anything; the server rejects an invalid timeframe.
  return scope as Scope;
}
