/** Keeps `domain_totals` current: which there are, how much each has in all, and its latest request. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { timeOrNull, unnest, type Column } from '../database/batch-columns.ts';
import type { Deltas, DomainTotal } from '../rollups/deltas.ts';
import type { CountedRequest } from '../rollups/counted.ts';
import type { RequestChanges } from './requests.ts';

interface Change extends DomainTotal {
  last: number | null;
}

const columns: readonly Column<Change>[] = [
  ['domain', 'text', ({ domain }) => domain],
  ['requests', 'bigint', ({ requests }) => requests],
  ['executions', 'bigint', ({ executions }) => executions],
  ['last_request_at', 'timestamptz', ({ last }) => timeOrNull(last)],
];

/** Runs after rows and rollups are written: where a domain's latest is gone, they tell the next. */
export async function updateDomains(
  ws: WorkspaceTx,
  { added, removed }: RequestChanges,
  { totals }: Deltas,
): Promise<void> {
  if (totals.size === 0) return;
  const latest = latestOf(added);
  const changes = [...totals.values()].map((total) => ({
    ...total,
    last: latest.get(total.domain) ?? null,
  }));
  await sql`insert into domain_totals as t (workspace_id, domain, requests, executions, last_request_at)
    select ${ws.workspaceId}::uuid, v.* from ${unnest(columns, changes)} order by v.domain
    on conflict (workspace_id, domain) do update set requests = t.requests + excluded.requests,
      executions = t.executions + excluded.executions,
      last_request_at = greatest(t.last_request_at, excluded.last_request_at)`.execute(ws.tx);
  const lost = [...latestOf(removed)].filter(
    ([domain, last]) => !(Number(latest.get(domain)) >= last),
  );
  if (lost.length > 0) await findLatest(ws, lost);
  const shrunk = changes.filter(({ requests, executions }) => requests < 0 || executions < 0);
  if (shrunk.length === 0) return;
  await sql`delete from domain_totals where ${ws.of()} and requests = 0 and executions = 0
    and domain = any(${shrunk.map(({ domain }) => domain)}::text[])`.execute(ws.tx);
}

/**
 * The finest sums tell in which quarter of an hour a domain's latest request is: no index leads to
 * it. Where its row is gone by retention, the quarter's begin stands for it.
 */
async function findLatest(
  ws: WorkspaceTx,
  lost: readonly (readonly [domain: string, last: number])[],
): Promise<void> {
  const batch = unnest<(typeof lost)[number]>(
    [
      ['domain', 'text', ([domain]) => domain],
      ['last', 'timestamptz', ([, last]) => timeOrNull(last)],
    ],
    lost,
  );
  await sql`update domain_totals t set last_request_at = (
      select coalesce((
        select max(r.started_at) from requests r
        where ${ws.of('r.workspace_id')} and r.domain = t.domain
          and r.started_at >= s.slot and r.started_at < s.slot + interval '15 minutes'
      ), s.slot)
      from model_sums s
      where ${ws.of('s.workspace_id')} and s.grain = 15 and s.domain = t.domain
      order by s.slot desc limit 1
    )
    from ${batch}
    where ${ws.of('t.workspace_id')} and t.domain = v.domain
      and t.last_request_at <= v.last`.execute(ws.tx);
}

function latestOf(requests: readonly CountedRequest[]): Map<string, number> {
  const latest = new Map<string, number>();
  for (const { domain, startedAt } of requests) {
    latest.set(domain, Math.max(latest.get(domain) ?? startedAt, startedAt));
  }
  return latest;
}
