/** What can be added up: requests, tokens, money, executions, conversations. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import { toPico, type Pico } from '../money.ts';
import type { Span } from '../period.ts';
import type { GrainLevel } from '../segments.ts';
import { acrossPieces, piecesOf, within, type Domains } from './pieces.ts';

export interface Sums {
  requests: number;
  errors: number;
  /** Requests that told no usage. */
  unmetered: number;
  /** Requests without a known price. */
  unpriced: number;
  uncachedInput: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
  cost: Pico;
  executions: number;
  completed: number;
  failed: number;
  running: number;
  abandoned: number;
  conversations: number;
}

/** Sums are kept for good in every grain. */
const LEVELS: readonly GrainLevel[] = [
  { grain: 1440, floor: -Infinity },
  { grain: 60, floor: -Infinity },
  { grain: 15, floor: -Infinity },
];

/** The sums of each span. */
export async function sumsOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
): Promise<Sums[]> {
  const sums = spans.map(nothing);
  for (const row of await requestSums(ws, spans, domains)) {
    const { index, cost, ...counts } = row;
    const sum = sums[index];
    if (!sum) continue;
    sum.cost += toPico(cost);
    add(sum, counts);
  }
  for (const { index, ...counts } of await domainSums(ws, spans, domains)) {
    const sum = sums[index];
    if (sum) add(sum, counts);
  }
  return sums;
}

function nothing(): Sums {
  return {
    requests: 0,
    errors: 0,
    unmetered: 0,
    unpriced: 0,
    uncachedInput: 0,
    cacheRead: 0,
    cacheWrite: 0,
    output: 0,
    reasoning: 0,
    cost: 0n,
    executions: 0,
    completed: 0,
    failed: 0,
    running: 0,
    abandoned: 0,
    conversations: 0,
  };
}

function add(sum: Sums, counts: Partial<Omit<Sums, 'cost'>>): void {
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) {
    sum[name] += counts[name] ?? 0;
  }
}

type RequestSums = Pick<
  Sums,
  | 'requests'
  | 'errors'
  | 'unmetered'
  | 'unpriced'
  | 'uncachedInput'
  | 'cacheRead'
  | 'cacheWrite'
  | 'output'
  | 'reasoning'
> & { index: number; cost: string };

async function requestSums(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
): Promise<RequestSums[]> {
  const total = (column: string, name: string) =>
    sql`coalesce(sum(${sql.ref(`t.${column}`)}), 0)::bigint as ${sql.ref(name)}`;
  const tokens = sql.join([
    total('uncached_input', 'uncachedInput'),
    total('cache_read', 'cacheRead'),
    total('cache_write', 'cacheWrite'),
    total('output', 'output'),
    total('reasoning', 'reasoning'),
    sql`coalesce(sum(t.cost_usd), 0)::text as cost`,
  ]);
  const query = acrossPieces(piecesOf(spans, LEVELS), (grain) =>
    grain === 0
      ? sql`select count(*) as requests, count(t.error_type) as errors,
          count(*) filter (where coalesce(t.uncached_input, t.cache_read, t.cache_write, t.output,
            t.reasoning) is null) as unmetered,
          count(*) - count(t.cost_usd) as unpriced, ${tokens}
        from requests t where ${within(ws, domains, 'started_at')}`
      : sql`select ${total('requests', 'requests')}, ${total('errors', 'errors')},
          ${total('unmetered', 'unmetered')}, ${total('unpriced', 'unpriced')}, ${tokens}
        from model_sums t where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')}`,
  );
  return query ? (await sql<RequestSums>`${query}`.execute(ws.tx)).rows : [];
}

type DomainSums = Pick<
  Sums,
  'executions' | 'completed' | 'failed' | 'running' | 'abandoned' | 'conversations'
> & { index: number };

async function domainSums(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
): Promise<DomainSums[]> {
  const total = (name: string) =>
    sql`coalesce(sum(${sql.ref(`t.${name}`)}), 0)::bigint as ${sql.ref(name)}`;
  const inState = (status: string) =>
    sql`count(*) filter (where t.status = ${sql.lit(status)}) as ${sql.ref(status)}`;
  const query = acrossPieces(piecesOf(spans, LEVELS), (grain) =>
    grain === 0
      ? sql`select e.*, c.* from (
          select count(*) as executions, ${inState('completed')}, ${inState('failed')},
            ${inState('running')}, ${inState('abandoned')}
          from executions t where ${within(ws, domains, 'started_at')}
        ) e, (
          select count(*) as conversations
          from conversations t where ${within(ws, domains, 'first_at')}
        ) c`
      : sql`select ${total('executions')}, ${total('completed')}, ${total('failed')},
          ${total('running')}, ${total('abandoned')}, ${total('conversations')}
        from domain_sums t where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')}`,
  );
  return query ? (await sql<DomainSums>`${query}`.execute(ws.tx)).rows : [];
}
