/** The domains of a workspace, and one of them in detail. */
import type { Schemas } from '../../../contract/index.ts';
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { readFloors } from '../../time/retention-floors.ts';
import { withData } from '../../time/period.ts';
import { noUsage } from '../../rollups/usage-sums.ts';
import { otherOf, unavailableEntry } from './entries.ts';
import { ratio, usageFigures } from './figures.ts';
import { latenciesBy, NO_LATENCY } from '../../rollups/latencies.ts';
import { modelsOf } from './models.ts';
import { compared } from './overview.ts';
import { isAmong, type Domains } from '../../rollups/windows.ts';
import { periodOf, told, type TimelineQuery, type TopQuery } from '../../rollups/query.ts';
import { intervalsFor, pointsOf } from './timeline.ts';
import { ENDS_GONE, losesEnds, topLabels } from '../../rollups/usage.ts';
import { activeBy } from '../../rollups/users.ts';

export type StatsDomains = Schemas['StatsDomains'];

/** @throws PeriodError */
export async function domainList(ws: WorkspaceTx, query: TopQuery): Promise<StatsDomains> {
  const period = await periodOf(ws, query);
  const { domains, now, limit } = query;
  const floors = await readFloors(ws);
  const span = withData(period, now);
  const of = { by: 'domain', order: 'requests', limit } as const;
  const active = await topLabels(ws, span, domains, floors, of);
  const known = await knownDomains(
    ws,
    domains,
    active.top.map(({ label }) => label),
    limit,
  );
  // What was silent comes last.
  const silent = known.found
    .filter(({ domain }) => !active.top.some(({ label }) => label === domain))
    .map(({ domain }) => ({ label: domain, sums: noUsage() }));
  const top = [...active.top, ...silent].slice(0, limit);
  const listed = { ...active, top, labels: Math.max(known.total, active.labels) };

  const keys = top.map(({ label }) => label);
  const latencies = await latenciesBy(ws, [span], domains, floors, { by: 'domain', keys });
  const users = await activeBy(ws, span, domains, floors, keys);
  const lastRequests = new Map(known.found.map(({ domain, last }) => [domain, last]));
  const shareOf = ({ requests }: { requests: number }) => ratio(requests, active.sum.requests);
  const reason = 'No domain had a request.';
  const answer: StatsDomains = {
    period: told(period),
    total: listed.labels,
    active: active.labels,
    domains: [],
    ...otherOf(listed, shareOf, reason),
  };
  const lost = await losesEnds(ws, span, domains, floors);
  for (const [index, { label, sums }] of top.entries()) {
    const [latency = null] = latencies.get(label) ?? [];
    const usage = {
      domain: label,
      ...usageFigures(sums),
      share: shareOf(sums),
      errorRate: ratio(sums.errors, sums.requests),
      latencyMs: latency ?? NO_LATENCY,
      users: { active: users.get(label) ?? 0 },
      lastRequestAt: lastRequests.get(label) ?? null,
    };
    answer.domains.push(usage);
    answer.unavailable.push(...unavailableEntry(`domains.${index}`, usage, sums, latency));
    if (lost) {
      answer.unavailable.push({ path: `domains.${index}.users.active`, reason: ENDS_GONE });
    }
    if (usage.share === null) {
      answer.unavailable.push({ path: `domains.${index}.share`, reason });
    }
  }
  return answer;
}

interface KnownDomain {
  domain: string;
  /** RFC 3339. */
  last: string | null;
}

/** These domains, and others up to a number, the latest first; and how many there are. */
async function knownDomains(
  ws: WorkspaceTx,
  domains: Domains,
  some: readonly string[],
  limit: number,
): Promise<{ found: KnownDomain[]; total: number }> {
  const mine = sql`${ws.of()} and ${isAmong(domains)}`;
  const { rows } = await sql<{ domain: string; last: Date | null; total: number }>`
    select domain, last_request_at as last, (
      select count(*) from domain_totals where ${mine}
    ) as total
    from domain_totals where ${mine}
    order by domain = any(${some}::text[]) desc, last_request_at desc nulls last, domain
    limit ${some.length + limit}`.execute(ws.tx);
  const found = rows.map(({ domain, last }) => ({ domain, last: last?.toISOString() ?? null }));
  return { found, total: rows[0]?.total ?? 0 };
}

export type StatsDomain = Schemas['StatsDomain'];

/** Models that are listed of a domain. */
const MODELS = 20;

/**
 * @returns `null` where the domain has never sent anything
 * @throws PeriodError
 */
export async function domainDetail(
  ws: WorkspaceTx,
  domain: string,
  asked: Omit<TimelineQuery, 'domains'>,
): Promise<StatsDomain | null> {
  const { found } = await knownDomains(ws, [domain], [], 1);
  const [known] = found;
  if (!known) return null;
  const query = { ...asked, domains: [domain] };
  const period = await periodOf(ws, query);
  const { granularity, intervals } = intervalsFor(period, query);
  const floors = await readFloors(ws);
  const { figures, change, unavailable } = await compared(ws, period, query, floors);
  const over = await pointsOf(ws, intervals, query, floors);
  const list = await modelsOf(ws, period, { ...query, limit: MODELS }, floors);
  return {
    period: told(period),
    domain,
    lastRequestAt: known.last,
    ...figures,
    change,
    granularity,
    points: over.points,
    models: list.models,
    other: list.other,
    unavailable: [...unavailable, ...over.unavailable, ...list.unavailable],
  };
}
