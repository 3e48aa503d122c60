/** The figures of every interval of a period. */
import type { Schemas } from '../../../contract/index.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import { readFloors, type RetentionFloors } from '../../time/retention-floors.ts';
import {
  fittingGranularity,
  intervalsOf,
  withData,
  type Interval,
  type Period,
} from '../../time/period.ts';
import type { Granularity } from '../../time/zones.ts';
import { figuresOf, NO_SKETCH, unavailableUsage } from './figures.ts';
import { firstDataAt } from '../../rollups/first-data.ts';
import { coverageOf } from '../../time/coverage.ts';
import { latenciesOf } from '../../rollups/latencies.ts';
import {
  periodOf,
  told,
  type StatsQuery,
  type TimelineQuery,
  type Unavailable,
} from '../../rollups/query.ts';
import { anomaliesOf } from './seasons.ts';
import { sumsOf, type Sums } from '../../rollups/sums.ts';

export type TimelinePoint = Schemas['TimelinePoint'];

export type StatsTimeline = Schemas['StatsTimeline'];

/** @throws PeriodError */
export async function timeline(
  ws: WorkspaceTx,
  query: TimelineQuery & { anomalies?: boolean | undefined },
): Promise<StatsTimeline> {
  const period = await periodOf(ws, query);
  const { granularity, intervals } = intervalsFor(period, query);
  const { points, sums, unavailable } = await pointsOf(ws, intervals, query, await readFloors(ws));
  const marks = query.anomalies
    ? await anomaliesOf(ws, { period, granularity, intervals, sums }, query)
    : { anomalies: null, unavailable: [] };
  return {
    period: told(period),
    granularity,
    points,
    anomalies: marks.anomalies,
    unavailable: [...unavailable, ...marks.unavailable],
  };
}

/** @throws PeriodError where there would be too many */
export function intervalsFor(
  period: Period,
  query: TimelineQuery,
): { granularity: Granularity; intervals: Interval[] } {
  const granularity = query.granularity ?? fittingGranularity(period);
  return { granularity, intervals: intervalsOf(period, granularity) };
}

interface Points {
  points: TimelinePoint[];
  sums: Sums[];
  unavailable: Unavailable[];
}

export async function pointsOf(
  ws: WorkspaceTx,
  intervals: readonly Interval[],
  { now, domains }: StatsQuery,
  floors: RetentionFloors | null,
): Promise<Points> {
  const spans = intervals.map(({ span }) => withData(span, now));
  const sums = await sumsOf(ws, spans, domains);
  const latencies = await latenciesOf(ws, spans, domains, floors);
  const data = { first: await firstDataAt(ws, domains), now };
  return {
    points: intervals.map((interval, index) => ({
      at: new Date(interval.at).toISOString(),
      ...coverageOf(interval, data, hasFigures(sums[index])),
      ...figuresOf(sums[index], latencies[index]),
    })),
    sums,
    unavailable: latencies.flatMap((latency, index) => [
      ...(latency === null ? [{ path: `points.${index}.latencyMs`, reason: NO_SKETCH }] : []),
      ...unavailableUsage(sums[index], `points.${index}.`),
    ]),
  };
}

const hasFigures = (sums: Sums | undefined): boolean =>
  sums !== undefined && (sums.requests > 0 || sums.executions > 0 || sums.conversations > 0);
