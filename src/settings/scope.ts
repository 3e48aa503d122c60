import type { StatsOverviewQuery } from '@cloudbrain/sdk';

/** Which figures are meant: the query parameters that all statistics share. */
export type Scope = StatsOverviewQuery;

/** What the lists can be filtered by, besides the scope. */
export interface Filters {
  model?: string | undefined;
  agent?: string | undefined;
  user?: string | undefined;
}

/** The period of a query, as attributes or a provider give it. */
export interface Period {
  timeframe?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** Settings of both elements and providers; the element's own take precedence. */
export interface Settings extends Period, Filters {
  domain?: string | undefined;
  /** An IANA name; the reader's own by default. */
  timezone?: string | undefined;
  /** `none` leaves comparisons with the previous period out. */
  compare?: string | undefined;
  /** Seconds. */
  refresh?: number | undefined;
  locale?: string | undefined;
  density?: string | undefined;
}

const PERIOD = ['timeframe', 'from', 'to'] as const;
const OTHERS = [
  ...(['domain', 'timezone', 'compare', 'refresh', 'locale', 'density'] as const),
  ...(['model', 'agent', 'user'] as const),
];

/** Whether a scope's period ends now; otherwise new data doesn't belong to it. */
export const endsNow = ({ to, timeframe }: Scope): boolean =>
  !to && !['yesterday', 'last-week', 'last-month'].includes(timeframe ?? '');

/**
 * Settings with those of a provider where they are left out. All settings of the period come from one
 * of them: an element's `from` is never combined with its provider's `timeframe`.
 */
export function withInherited(own: Settings, around: Settings = {}): Settings {
  const { timeframe, from, to } = own.timeframe || own.from || own.to ? own : around;
  const settings: Settings = { timeframe, from, to };
  // An empty attribute is set: an element with `domain=""` shows all domains.
  for (const name of OTHERS) Object.assign(settings, { [name]: own[name] ?? around[name] });
  return settings;
}

/** Whether settings are equal, so that nothing has to follow. */
export const areEqual = (a: Settings, b: Settings): boolean =>
  [...PERIOD, ...OTHERS].every((name) => a[name] === b[name]);

/** The scope of an element, from its own settings and its provider's. */
export function scopeOf(own: Settings, around?: Settings): Scope {
  const { domain, timeframe, from, to, timezone } = withInherited(own, around);
  const scope = {
    domain: domain || undefined,
    from: from || undefined,
    to: to || undefined,
    timeframe: from || to ? undefined : timeframe || '24h',
    // Timeframes of the calendar and the days of a timeline start at the reader's midnight.
    timezone: timezone || new Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  // An attribute can hold anything; the server rejects an invalid timeframe.
  return scope as Scope;
}

/** The filters of an element, from its own settings and its provider's. */
export function filtersOf(own: Settings, around?: Settings): Filters {
  const { model, agent, user } = withInherited(own, around);
  return {
    model: model || undefined,
    agent: agent || undefined,
    user: user || undefined,
  };
}
