/** What can be added up: requests, tokens, money, executions, conversations. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { Span } from '../time/period.ts';
import type { UsageSums } from './usage-sums.ts';
import { acrossWindows, LEVELS, rollupWindows, within, type Domains } from './windows.ts';
import { usageOf } from './usage.ts';

export interface Sums extends UsageSums, RunSums {}

/** Executions and conversations that began. */
interface RunSums {
  executions: number;
  completed: number;
  failed: number;
  running: number;
  abandoned: number;
  conversations: number;
}

/** The sums of each span. */
export async function sumsOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
): Promise<Sums[]> {
  const usage = await usageOf(ws, spans, domains);
  const runs = await runSums(ws, spans, domains);
  return usage.map((sums, index) => ({ ...sums, ...(runs[index] ?? noRuns()) }));
}

const noRuns = (): RunSums => ({
  executions: 0,
  completed: 0,
  failed: 0,
  running: 0,
  abandoned: 0,
  conversations: 0,
});

async function runSums(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
): Promise<RunSums[]> {
  const total = (name: string) =>
    sql`coalesce(sum(${sql.ref(`t.${name}`)}), 0)::bigint as ${sql.ref(name)}`;
  const totals = sql.join(Object.keys(noRuns()).map(total));
  const inState = (status: string) =>
    sql`count(*) filter (where t.status = ${sql.lit(status)}) as ${sql.ref(status)}`;
  const query = acrossWindows(rollupWindows(spans, LEVELS), (grain) =>
    grain === 0
      ? sql`select e.*, c.* from (
          select count(*) as executions, ${inState('completed')}, ${inState('failed')},
            ${inState('running')}, ${inState('abandoned')}
          from executions t where ${within(ws, domains, 'started_at')}
        ) e, (
          select count(*) as conversations
          from conversations t where ${within(ws, domains, 'first_at')}
        ) c`
      : sql`select ${totals}
        from domain_sums t where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')}`,
  );
  const sums = spans.map(noRuns);
  if (!query) return sums;
  const { rows } = await sql<RunSums & { index: number }>`
    select t.index, ${totals} from (${query}) t group by t.index`.execute(ws.tx);
  for (const { index, ...row } of rows) sums[index] = row;
  return sums;
}
