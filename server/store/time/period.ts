/** Which stretch of time a question is about, and the intervals it is told in. Pure. */
import {
  DAY,
  HOUR,
  isZone,
  startAfter,
  startBefore,
  startOf,
  type CalendarUnit,
  type Granularity,
} from './zones.ts';

/** A whole day, week or month that is over. */
type PastTimeframe = 'yesterday' | 'last-week' | 'last-month';

export type Timeframe = PastTimeframe | ('today' | '24h' | '7d' | '30d' | 'month' | '90d' | 'all');

const PAST_UNITS: Readonly<Record<PastTimeframe, CalendarUnit>> = {
  yesterday: 'day',
  'last-week': 'week',
  'last-month': 'month',
};

export interface PeriodQuery {
  /** RFC 3339; with `to`, and not with `timeframe`. */
  from?: string | undefined;
  /** RFC 3339; left out: now. */
  to?: string | undefined;
  /** Default `24h`. */
  timeframe?: Timeframe | undefined;
  /** IANA name; default UTC. */
  timezone?: string | undefined;
}

/** From `from`, included, to `to`, excluded; epoch milliseconds. */
export interface Span {
  from: number;
  to: number;
}

export interface Period extends Span {
  timezone: string;
  /** Whether it has no beginning of its own: `from` is then where the data begin. */
  all: boolean;
  /** Whether it ends with the present, rather than at a time that the query fixes. */
  endsNow: boolean;
  /** The unit of the calendar that it is a whole one of; left out: none. */
  unit?: CalendarUnit | undefined;
}

/** What can be wrong with a period; each is a code of a field in the contract. */
type PeriodFault =
  | 'required'
  | 'not_together'
  | 'unknown_time_zone'
  | 'wrong_format'
  | 'wrong_order'
  | 'out_of_range'
  | 'too_many';

/** What is wrong with a question's period: a 400 that names the parameter. */
export class PeriodError extends Error {
  readonly parameter: string;
  readonly code: PeriodFault;
  /** What was asked for, where that helps to see the mistake. */
  readonly value: string | undefined;

  /** @param message what is expected, to follow the parameter's name */
  constructor(parameter: string, code: PeriodFault, message: string, value?: string) {
    super(message);
    this.name = 'PeriodError';
    this.parameter = parameter;
    this.code = code;
    this.value = value;
  }
}

/** Telemetry of an earlier time is not believed, so there is none. */
export const DATA_BEGIN = Date.UTC(2015, 0, 1);

/** Answers tell of years that RFC 3339 can write, in any time zone. */
export const FIRST_YEAR = Date.parse('0001-01-01T00:00:00Z');
export const LAST_YEAR_END = Date.parse('9999-12-31T23:59:59.999Z');

/** The most points that a timeline has. */
const MAX_POINTS = 2_000;

/**
 * @param now epoch ms
 * @param dataBegin where the data begin; `all` reaches back to it
 * @throws PeriodError
 */
export function resolvePeriod(query: PeriodQuery, now: number, dataBegin: number): Period {
  const timezone = query.timezone ?? 'UTC';
  if (!isZone(timezone)) {
    throw new PeriodError(
      'timezone',
      'unknown_time_zone',
      'must be an IANA time zone such as Europe/Berlin',
      timezone,
    );
  }
  if (query.from !== undefined || query.to !== undefined) {
    const endsNow = query.to === undefined;
    return { ...explicitSpan(query, now), timezone, all: false, endsNow };
  }
  const timeframe = query.timeframe ?? '24h';
  if (isPast(timeframe)) {
    const unit = PAST_UNITS[timeframe];
    const to = startOf(unit, now, timezone);
    const from = startBefore(unit, to, timezone);
    return { from, to, timezone, all: false, endsNow: false, unit };
  }
  const from = {
    today: () => startOf('day', now, timezone),
    '24h': () => now - DAY,
    '7d': () => now - 7 * DAY,
    '30d': () => now - 30 * DAY,
    month: () => startOf('month', now, timezone),
    '90d': () => now - 90 * DAY,
    all: () => Math.min(dataBegin, now),
  }[timeframe]();
  return { from, to: now, timezone, all: timeframe === 'all', endsNow: true };
}

const isPast = (timeframe: Timeframe): timeframe is PastTimeframe =>
  Object.hasOwn(PAST_UNITS, timeframe);

function explicitSpan(query: PeriodQuery, now: number): Span {
  if (query.timeframe !== undefined) {
    const message = "can't be combined with `from` or `to`";
    throw new PeriodError('timeframe', 'not_together', message, query.timeframe);
  }
  if (query.from === undefined) throw new PeriodError('from', 'required', 'is required with `to`');
  const from = Date.parse(query.from);
  const to = query.to === undefined ? now : Date.parse(query.to);
  const isTime = 'must be a time such as 2026-11-21T10:00:00Z';
  if (Number.isNaN(from)) throw new PeriodError('from', 'wrong_format', isTime, query.from);
  if (Number.isNaN(to)) throw new PeriodError('to', 'wrong_format', isTime, query.to);
  if (from < FIRST_YEAR) {
    throw new PeriodError('from', 'out_of_range', 'must not be before the year 1', query.from);
  }
  if (to > LAST_YEAR_END) {
    throw new PeriodError('to', 'out_of_range', 'must not be after the year 9999', query.to);
  }
  if (from >= to && query.to === undefined) {
    throw new PeriodError('from', 'wrong_order', 'must be in the past', query.from);
  }
  if (from >= to) throw new PeriodError('to', 'wrong_order', 'must be after `from`', query.to);
  return { from, to };
}

/**
 * The period that another one is compared with: the day, week or month before where it is a whole
 * one, however long that was, else one of equal length just before.
 */
export function before<P extends Span & Partial<Pick<Period, 'unit' | 'timezone'>>>(period: P): P {
  const { from, to, unit, timezone = 'UTC' } = period;
  const start = unit ? startBefore(unit, from, timezone) : from - (to - from);
  return { ...period, from: start, to: from };
}

/** The part of a span in which there can be data: clocks are believed up to a day ahead. */
export function withData({ from, to }: Span, now: number): Span {
  const begin = Math.max(from, DATA_BEGIN);
  return { from: begin, to: Math.max(begin, Math.min(to, now + 2 * DAY)) };
}

/** One interval of a timeline. */
export interface Interval {
  /** Where it begins by the calendar, which may be before the period does. */
  at: number;
  /** Where the next one begins by the calendar, which may be after the period ends. */
  until: number;
  /** The part of it inside the period. */
  span: Span;
}

const LENGTHS = { hour: HOUR, day: DAY, week: 7 * DAY, month: 30.4 * DAY } as const;

/** The granularity in which a period is best read. */
export function fittingGranularity({ from, to }: Span): Granularity {
  const length = to - from;
  if (length <= 3 * DAY) return 'hour';
  return length <= 184 * DAY ? 'day' : 'month';
}

/**
 * Every interval of a period, oldest first.
 * @throws PeriodError where there would be more than 2,000; its message names what to use instead
 */
export function intervalsOf(
  period: Span & Pick<Period, 'timezone'>,
  granularity: Granularity,
): Interval[] {
  if ((period.to - period.from) / LENGTHS[granularity] > MAX_POINTS * 1.05) tooMany(period);
  const intervals: Interval[] = [];
  if (period.from >= period.to) return intervals;
  let at = startOf(granularity, period.from, period.timezone);
  while (at < period.to) {
    if (intervals.length === MAX_POINTS) tooMany(period);
    const next = startAfter(granularity, at, period.timezone);
    intervals.push({
      at,
      until: next,
      span: { from: Math.max(at, period.from), to: Math.min(next, period.to) },
    });
    at = next;
  }
  return intervals;
}

function tooMany({ from, to }: Span): never {
  const fitting = (['hour', 'day', 'week', 'month'] as const).find(
    (granularity) => (to - from) / LENGTHS[granularity] < MAX_POINTS - 2,
  );
  throw new PeriodError(
    'granularity',
    'too_many',
    fitting
      ? `would give more than 2,000 points; use ${fitting}`
      : 'would give more than 2,000 points; use a shorter period with the granularity month',
  );
}
