/** The figures of a period, and what stands beside any period. */
import type { Schemas } from '../../../contract/index.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import { readFloors, type RetentionFloors } from '../../time/retention-floors.ts';
import { before, withData, type Period, type Span } from '../../time/period.ts';
import { startOf } from '../../time/zones.ts';
import { changeBetween, type Change } from './change.ts';
import {
  periodFigures,
  untold,
  unavailableUsage,
  usageFigures,
  type PeriodFigures,
} from './figures.ts';
import { firstDataAt } from '../../rollups/first-data.ts';
import { lackOf, NO_EARLIER } from '../../time/coverage.ts';
import { latenciesOf } from '../../rollups/latencies.ts';
import type { Domains } from '../../rollups/windows.ts';
import {
  dataBegin,
  periodOf,
  told,
  type StatsQuery,
  type Unavailable,
} from '../../rollups/query.ts';
import { sumsOf } from '../../rollups/sums.ts';
import { ENDS_GONE, losesEnds, usageOf } from '../../rollups/usage.ts';
import { usersOf } from '../../rollups/users.ts';

export type StatsOverview = Schemas['StatsOverview'];

/** @throws PeriodError */
export async function overview(ws: WorkspaceTx, query: StatsQuery): Promise<StatsOverview> {
  const period = await periodOf(ws, query);
  const { figures, change, unavailable } = await compared(ws, period, query, await readFloors(ws));
  const totals = await totalsOf(ws, period.timezone, query);
  return {
    period: told(period),
    ...figures,
    totals: totals.figures,
    change,
    unavailable: [...unavailable, ...totals.unavailable],
  };
}

interface Compared {
  figures: PeriodFigures;
  change: Change<PeriodFigures>;
  unavailable: Unavailable[];
}

/** The figures of a period, held against those of the one before. */
export async function compared(
  ws: WorkspaceTx,
  period: Period,
  { now, domains }: StatsQuery,
  floors: RetentionFloors | null,
): Promise<Compared> {
  const spans = spansOf(period, now);
  const sums = await sumsOf(ws, spans, domains);
  const latencies = await latenciesOf(ws, spans, domains, floors);
  const users = await usersOf(ws, spans, domains, floors);
  const lost: boolean[] = [];
  for (const span of spans) lost.push(await losesEnds(ws, span, domains, floors));
  const all = spans.map((_, index) => periodFigures(sums[index], latencies[index], users[index]));
  const [figures = periodFigures(), previous = null] = all;
  const lack = await lackBefore(ws, period, domains);
  const { change, unavailable } = changeBetween(figures, previous, lack, 'change');
  if (lost.includes(true)) {
    change.users = { active: null, new: change.users.new };
    if (lack === null) unavailable.push({ path: 'change.users.active', reason: ENDS_GONE });
  }
  return {
    figures,
    change,
    unavailable: [
      ...untold(figures, sums[0], latencies[0] ?? null),
      ...(lost[0] ? [{ path: 'users.active', reason: ENDS_GONE }] : []),
      ...unavailable,
    ],
  };
}

/** Why the period before can't be compared with; `null` where data cover the whole of it. */
export async function lackBefore(
  ws: WorkspaceTx,
  period: Period,
  domains: Domains,
): Promise<string | null> {
  if (period.all) return NO_EARLIER;
  return lackOf(before(period).from, await firstDataAt(ws, domains));
}

/** The period, and the one before where there is one. */
export function spansOf(period: Period, now: number): Span[] {
  const span = withData(period, now);
  return period.all ? [span] : [span, withData(before(period), now)];
}

async function totalsOf(
  ws: WorkspaceTx,
  timezone: string,
  { now, domains }: { now: number; domains: Domains },
): Promise<{ figures: StatsOverview['totals']; unavailable: Unavailable[] }> {
  const begins = [
    startOf('day', now, timezone),
    startOf('month', now, timezone),
    (await dataBegin(ws, domains)) ?? now,
  ];
  const spans = begins.map((from) => withData({ from, to: now }, now));
  const [today, month, all] = await usageOf(ws, spans, domains);
  return {
    figures: { today: usageFigures(today), month: usageFigures(month), all: usageFigures(all) },
    unavailable: Object.entries({ today, month, all }).flatMap(([name, sums]) =>
      unavailableUsage(sums, `totals.${name}.`),
    ),
  };
}
