/** How long executions took that completed or failed, from sketches and, at the edges, from rows. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { RetentionFloors } from '../time/retention-floors.ts';
import type { Span } from '../time/period.ts';
import { bucketOf, quantile, tidy, valueOf } from './sketch.ts';
import { WORKSPACE } from './deltas.ts';
import { acrossWindows, rollupWindows, within, type Domains } from './windows.ts';

/** Milliseconds; `null` where no execution has ended. */
export interface Runtime {
  average: number | null;
  p95: number | null;
}

interface Bucket {
  index: number;
  agent: string;
  /** `null`: `ms` is what it took. */
  bucket: number | null;
  ms: number | null;
  n: number;
}

/** Executions by how long they took. */
type Durations = Map<number, number>;

/** The runtimes of all executions of each span. */
export async function runtimesOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  floors: RetentionFloors | null,
): Promise<Runtime[]> {
  const durations = spans.map((): Durations => new Map());
  for (const row of await bucketsOf(ws, spans, domains, floors, null)) {
    add(durations[row.index], row);
  }
  return durations.map(runtimeOf);
}

/** The runtimes of some agents in a span, by the agent's name. */
export async function agentRuntimes(
  ws: WorkspaceTx,
  span: Span,
  domains: Domains,
  floors: RetentionFloors | null,
  agents: readonly string[],
): Promise<Map<string, Runtime>> {
  const durations = new Map(agents.map((agent) => [agent, new Map<number, number>()]));
  for (const row of await bucketsOf(ws, [span], domains, floors, agents)) {
    add(durations.get(row.agent), row);
  }
  return new Map([...durations].map(([agent, of]) => [agent, runtimeOf(of)]));
}

/** @param agents `null`: all together, under an empty name */
async function bucketsOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  floors: RetentionFloors | null,
  agents: readonly string[] | null,
): Promise<Bucket[]> {
  // Of single agents the hours are kept as long as the quarters of all.
  const hours = agents === null ? floors?.hour : floors?.fine;
  const windows = rollupWindows(spans, [
    { grain: 1440, floor: -Infinity },
    { grain: 60, floor: hours ?? -Infinity },
  ]);
  const label = agents === null ? sql`t.label = ''` : sql`t.label = any(${agents}::text[])`;
  const agent = agents === null ? sql`''` : sql`t.agent`;
  const isAsked = agents === null ? sql`true` : sql`t.agent = any(${agents}::text[])`;
  // What all domains have together is a domain of its own, but not by agent.
  const places = agents === null ? (domains ?? [WORKSPACE]) : domains;
  const query = acrossWindows(windows, (grain) =>
    grain === 0
      ? sql`select ${agent} as agent, null::integer as bucket,
            (extract(epoch from t.ended_at - t.started_at) * 1000)::float8 as ms,
            count(*)::float8 as n
          from executions t
          where ${within(ws, domains, 'started_at')} and ${isAsked}
            and t.status in ('completed', 'failed') and t.ended_at is not null
          group by 1, 3`
      : sql`select t.label as agent, t.bucket::integer, null::float8 as ms, sum(t.n)::float8 as n
          from sketches t
          where t.measure = 'duration' and ${label} and t.grain = ${sql.lit(grain)}
            and ${within(ws, places, 'slot')}
          group by t.label, t.bucket`,
  );
  return query ? (await sql<Bucket>`${query}`.execute(ws.tx)).rows : [];
}

function add(durations: Durations | undefined, { bucket, ms, n }: Bucket): void {
  const place = bucket ?? bucketOf(Math.max(0, ms ?? 0));
  durations?.set(place, (durations.get(place) ?? 0) + n);
}

function runtimeOf(durations: Durations): Runtime {
  const sorted = [...durations].sort(([a], [b]) => a - b);
  const count = sorted.reduce((sum, [, n]) => sum + n, 0);
  if (count === 0) return { average: null, p95: null };
  const total = sorted.reduce((sum, [bucket, n]) => sum + n * valueOf(bucket), 0);
  const at = (rank: number): number => {
    let upto = 0;
    return sorted.find(([, n]) => (upto += n) > rank)?.[0] ?? 0;
  };
  const rank = 0.95 * (count - 1);
  const p95 = quantile(0.95, { low: at(Math.floor(rank)), high: at(Math.ceil(rank)), count });
  return { average: tidy(total / count), p95: tidy(p95) };
}
