/** Figures over a period, and over time. */
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from './database.ts';
import { readFloors } from './floors.ts';
import {
  before,
  fittingGranularity,
  intervalsOf,
  resolvePeriod,
  withData,
  type Period,
  type PeriodQuery,
} from './period.ts';
import { changeBetween, type Change } from './stats/change.ts';
import {
  figuresOf,
  NO_SKETCH,
  periodFigures,
  untold,
  type Figures,
  type PeriodFigures,
  type Unavailable,
} from './stats/figures.ts';
import { latenciesOf } from './stats/latencies.ts';
import type { Domains } from './stats/pieces.ts';
import { sumsOf } from './stats/sums.ts';
import { usersOf } from './stats/users.ts';
import type { Granularity } from './zones.ts';

export interface PeriodTold {
  from: string;
  to: string;
  timezone: string;
}

export interface StatsOverview extends PeriodFigures {
  period: PeriodTold;
  change: Change;
  unavailable: Unavailable[];
}

export interface StatsTimeline {
  period: PeriodTold;
  granularity: Granularity;
  points: (Figures & { at: string })[];
  unavailable: Unavailable[];
}

/** What to tell of which domains, as of when. */
export interface StatsQuery extends PeriodQuery {
  /** `null`: the whole workspace. */
  domains: Domains;
  /** Epoch ms. */
  now: number;
}

export class StatsStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * The figures of a period, and their change against the one just before.
   * @throws PeriodError
   */
  overview(workspaceId: string, query: StatsQuery): Promise<StatsOverview> {
    return this.#store.inWorkspace(workspaceId, async (ws) => {
      const period = await periodOf(ws, query);
      const { now, domains } = query;
      const spans = [withData(period, now)];
      if (!period.all) spans.push(withData(before(period), now));
      const floors = await readFloors(ws);
      const sums = await sumsOf(ws, spans, domains);
      const latencies = await latenciesOf(ws, spans, domains, floors);
      const users = await usersOf(ws, spans, domains, floors);
      const figures = spans.map((_, index) =>
        periodFigures(sums[index], latencies[index], users[index]),
      );
      const [current = periodFigures(), previous = null] = figures;
      return {
        period: told(period),
        ...current,
        change: changeBetween(current, previous),
        unavailable: untold(current, sums[0], latencies[0] ?? null),
      };
    });
  }

  /**
   * The figures of every interval of a period, oldest first.
   * @throws PeriodError
   */
  timeline(
    workspaceId: string,
    query: StatsQuery & { granularity?: Granularity | undefined },
  ): Promise<StatsTimeline> {
    return this.#store.inWorkspace(workspaceId, async (ws) => {
      const period = await periodOf(ws, query);
      const { now, domains } = query;
      const granularity = query.granularity ?? fittingGranularity(period);
      const intervals = intervalsOf(period, granularity);
      const spans = intervals.map(({ span }) => withData(span, now));
      const sums = await sumsOf(ws, spans, domains);
      const latencies = await latenciesOf(ws, spans, domains, await readFloors(ws));
      return {
        period: told(period),
        granularity,
        points: intervals.map(({ at }, index) => ({
          at: new Date(at).toISOString(),
          ...figuresOf(sums[index], latencies[index]),
        })),
        unavailable: latencies.flatMap((latency, index) =>
          latency === null ? [{ path: `points.${index}.latencyMs`, reason: NO_SKETCH }] : [],
        ),
      };
    });
  }
}

async function periodOf(ws: WorkspaceTx, query: StatsQuery): Promise<Period> {
  const begin = query.timeframe === 'all' ? await dataBegin(ws, query.domains) : null;
  return resolvePeriod(query, query.now, begin ?? query.now);
}

/** The UTC day of the first data, as epoch ms; `null` where there are none. */
export async function dataBegin(ws: WorkspaceTx, domains: Domains): Promise<number | null> {
  const first = (table: 'model_sums' | 'domain_sums') => sql`
    select min(slot) as slot from ${sql.table(table)} where ${ws.of()} and grain = 1440
      and ${domains === null ? sql`true` : sql`domain = any(${domains}::text[])`}`;
  const { rows } = await sql<{ slot: Date | null }>`
    select min(slot) as slot
    from (${first('model_sums')} union all ${first('domain_sums')}) firsts`.execute(ws.tx);
  return rows[0]?.slot?.getTime() ?? null;
}

export function told({ from, to, timezone }: Period): PeriodTold {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), timezone };
}
