import type { LiveStats, LiveUpdate, StatsOverview, StatsTimeline } from '@cloudbrain/sdk';
import { endsNow, type Scope } from '../../settings/scope.ts';
import type { Applied } from '../query.ts';

/** Length of the intervals of live deltas. */
const INTERVAL = 15 * 60_000;
/** Locally updated sums are refetched before long: windows slide and events overlap. */
const CORRECTION = 30_000;
/** What an event says has changed without saying to what. */
const SOON = 2_000;

/** Adds a delta to figures of the same shape; what the delta doesn't name stays. */
function addDelta<T>(figures: T, delta: unknown): T {
  if (typeof figures === 'number') return ((figures as number) + Number(delta)) as T;
  if (typeof figures === 'string') return addDecimal(figures, String(delta)) as T;
  if (typeof figures !== 'object' || figures === null) return figures;
  const sum = { ...figures } as Record<string, unknown>;
  for (const [key, value] of Object.entries(delta as object)) {
    if (sum[key] !== undefined) sum[key] = addDelta(sum[key], value);
  }
  return sum as T;
}

/** Adds two decimal strings exactly. */
export function addDecimal(a: string, b: string): string {
  const digitsOf = (it: string) => it.split('.')[1]?.length ?? 0;
  const digits = Math.max(digitsOf(a), digitsOf(b));
  const scaled = (it: string) => BigInt(it.replace('.', '') + '0'.repeat(digits - digitsOf(it)));
  const sum = scaled(a) + scaled(b);
  const text = String(sum)
    .replace('-', '')
    .padStart(digits + 1, '0');
  const cut = text.length - digits;
  return (sum < 0n ? '-' : '') + text.slice(0, cut) + (digits ? `.${text.slice(cut)}` : '');
}

const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : null);

/** What was the figure in the period before, seen from its change, is so still. */
function changeOf(change: unknown, before: unknown, now: unknown): unknown {
  if (typeof change === 'number') {
    const earlier = Number(before) / (1 + change);
    return Number.isFinite(earlier) && earlier > 0 ? Number(now) / earlier - 1 : change;
  }
  if (typeof change !== 'object' || change === null) return change;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(change)) {
    const at = (it: unknown) => (it as Record<string, unknown> | null)?.[key];
    result[key] = changeOf(value, at(before), at(now));
  }
  return result;
}

/** Puts a `stats` event into an overview. */
export function applyToOverview(
  data: StatsOverview,
  event: LiveUpdate,
  params: Scope,
): Applied<StatsOverview> | undefined {
  const stats = statsFor(event, params);
  if (!stats) return undefined;
  const from = Date.parse(data.period.from);
  const to = endOf(data.period, params);
  let next = data;
  let refetchIn = stats.changed.length > 0 ? SOON : CORRECTION;
  let touched = false;
  for (const { at, delta } of stats.deltas) {
    const start = Date.parse(at);
    if (start + INTERVAL <= from || start >= to) continue;
    touched = true;
    // At the ends of a period, only an unknown part of the interval belongs to it.
    if (start < from || start + INTERVAL > to) refetchIn = SOON;
    else next = addDelta(next, delta);
  }
  if (!touched) return undefined;
  if (next !== data) next = withRates(data, next);
  return { data: next, refetchIn };
}

/** Where a period ends: where that is now, later than when it was asked for. */
const endOf = ({ to }: StatsOverview['period'], params: Scope): number =>
  endsNow(params) ? Infinity : Date.parse(to);

function withRates(before: StatsOverview, sums: StatsOverview): StatsOverview {
  const { completed, failed } = sums.executions;
  const executions = { ...sums.executions, successRate: ratio(completed, completed + failed) };
  const now = { ...sums, executions, errorRate: ratio(sums.errors, sums.requests) };
  return { ...now, change: changeOf(before.change, before, now) as StatsOverview['change'] };
}

/** Puts a `stats` event into a timeline. */
export function applyToTimeline(
  data: StatsTimeline,
  event: LiveUpdate,
  params: Scope,
): Applied<StatsTimeline> | undefined {
  const stats = statsFor(event, params);
  if (!stats) return undefined;
  const end = endOf(data.period, params);
  const starts = data.points.map((point) => Date.parse(point.at));
  const points = [...data.points];
  let refetchIn = CORRECTION;
  let touched = false;
  for (const { at, delta } of stats.deltas) {
    if (Date.parse(at) >= end) continue;
    const index = starts.findLastIndex((start) => start <= Date.parse(at));
    const point = points[index];
    if (!point || beyond(data, index, at)) {
      // A new interval has begun, or one before the first: only the server knows its points.
      if (endsNow(params) && Date.parse(at) >= Date.parse(data.period.from)) {
        touched = true;
        refetchIn = SOON;
      }
      continue;
    }
    touched = true;
    points[index] = { ...addDelta(point, delta), noData: false };
  }
  return touched ? { data: { ...data, points }, refetchIn } : undefined;
}

/** Whether an interval of 15 minutes comes after the last point's own. */
function beyond(data: StatsTimeline, index: number, at: string): boolean {
  if (index < data.points.length - 1) return false;
  const hours = { hour: 1, day: 24, week: 24 * 7, month: 24 * 31 }[data.granularity];
  const last = Date.parse(data.points[index]?.at ?? at);
  return Date.parse(at) >= last + hours * 3_600_000;
}

/** The part of an event that concerns the statistics shown. */
function statsFor(event: LiveUpdate, { domain }: Scope): LiveStats['data'] | undefined {
  if (event.event !== 'stats') return undefined;
  return !domain || domain === event.data.domain ? event.data : undefined;
}
