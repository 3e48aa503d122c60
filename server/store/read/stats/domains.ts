/** The domains of a workspace, and one of them in detail. */
import type { Schemas } from '../../../contract/index.ts';
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { pageOf, seek, type Page, type Position, type SortKey } from '../../database/pages.ts';
import { readFloors, type RetentionFloors } from '../../time/retention-floors.ts';
import { withData, type Span } from '../../time/period.ts';
import { toPico } from '../../rollups/money.ts';
import { noUsage, type UsageSums } from '../../rollups/usage-sums.ts';
import { otherOf, unavailableEntry } from './entries.ts';
import { ratio, usageFigures } from './figures.ts';
import { latenciesBy, NO_LATENCY } from '../../rollups/latencies.ts';
import { exactly, listed, type Listed } from '../listed.ts';
import { modelsOf } from './models.ts';
import { compared } from './overview.ts';
import { isAmong } from '../../rollups/windows.ts';
import { periodOf, told, type ListQuery, type TimelineQuery } from '../../rollups/query.ts';
import { intervalsFor, pointsOf } from './timeline.ts';
import {
  COLUMNS,
  ENDS_GONE,
  labelled,
  losesEnds,
  NO_LABEL,
  summedByLabel,
  TOLD,
  ZEROED,
  type FormattedSums,
  type Labelled,
} from '../../rollups/usage.ts';
import { activeBy } from '../../rollups/users.ts';

export type StatsDomains = Schemas['StatsDomains'];

/** @throws PeriodError */
export async function domainList(ws: WorkspaceTx, query: ListQuery): Promise<Listed<StatsDomains>> {
  const period = await periodOf(ws, query);
  const { domains, now } = query;
  const floors = await readFloors(ws);
  const span = withData(period, now);
  const found = await domainPage(ws, span, query, floors);
  const keys = found.entries.map(({ label }) => label);
  const latencies = await latenciesBy(ws, [span], domains, floors, { by: 'domain', keys });
  const users = await activeBy(ws, span, domains, floors, keys);
  const shareOf = ({ requests }: { requests: number }) => ratio(requests, found.sum.requests);
  const reason = 'No domain had a request.';
  const { other, unavailable } = otherOf(found, shareOf, reason);
  const lost = await losesEnds(ws, span, domains, floors);
  const data = found.entries.map(({ label, sums, last }, index): StatsDomains['data'][number] => {
    const [latency = null] = latencies.get(label) ?? [];
    const usage = {
      domain: label,
      ...usageFigures(sums),
      share: shareOf(sums),
      errorRate: ratio(sums.errors, sums.requests),
      latencyMs: latency ?? NO_LATENCY,
      users: { active: users.get(label) ?? 0 },
      lastRequestAt: last,
    };
    const path = `data.${index}`;
    unavailable.push(...unavailableEntry(path, usage, sums, latency));
    if (lost) unavailable.push({ path: `${path}.users.active`, reason: ENDS_GONE });
    if (usage.share === null) unavailable.push({ path: `${path}.share`, reason });
    return usage;
  });
  return listed<StatsDomains>(period, found, {
    period: told(period),
    data,
    count: exactly(found.labels),
    active: found.active,
    other,
    unavailable,
  });
}

interface ListedDomain extends Labelled {
  /** Its latest request; RFC 3339. */
  last: string | null;
  position: Position;
}

interface DomainPage extends Page<ListedDomain> {
  /** How many domains there are, how many had a request, and their sum. */
  labels: number;
  active: number;
  sum: UsageSums;
}

/** The busiest first; of those that were silent, the one that has been for the shortest time. */
const ORDER: readonly SortKey[] = [
  { value: sql.ref('t.requests'), type: 'bigint', order: 'desc' },
  { value: sql.ref('t.since'), type: 'timestamptz', order: 'desc' },
  { value: sql.ref('t.label'), type: 'text', order: 'asc' },
];

/** A page of all domains that have ever sent anything. */
async function domainPage(
  ws: WorkspaceTx,
  span: Span,
  { domains, page }: ListQuery,
  floors: RetentionFloors | null,
): Promise<DomainPage> {
  const active = labelled(ws, [span], domains, 'domain', floors);
  const { isBeyond, inOrder } = seek(ORDER, page.from);
  type Row = FormattedSums<UsageSums> & {
    label: string | null;
    last: Date | null;
    since: Date | null;
    labels: number;
    active: number;
  };
  const { rows } = await sql<Row>`
    with active as materialized (${active ? summedByLabel(active) : NO_LABEL}),
    known as (
      select domain, last_request_at from domain_totals where ${ws.of()} and ${isAmong(domains)}
    ), told as materialized (
      select coalesce(a.label, k.domain) as label, k.last_request_at as last,
        case when a.requests > 0 then null else k.last_request_at end as silent,
        a.label is not null as active, ${ZEROED}
      from active a full join known k on k.domain = a.label
    ), sorted as materialized (
      select *, coalesce(silent, '-infinity') as since from told
    )
    (
      select t.label, t.last, t.silent as since, 1 as labels, 1 as active, ${COLUMNS},
        t.cost::text as cost
      from sorted t where ${isBeyond} ${inOrder} limit ${page.limit + 1}
    )
    union all
    select null, null, null, count(*), count(*) filter (where t.active), ${TOLD}
    from sorted t`.execute(ws.tx);
  const found: ListedDomain[] = [];
  const whole = { labels: 0, active: 0, sum: noUsage() };
  for (const { label, last, since, labels, active: used, ...row } of rows) {
    const sums = { ...row, cost: toPico(row.cost) };
    if (label === null) {
      Object.assign(whole, { labels, active: used, sum: sums });
      continue;
    }
    const position = [String(row.requests), since?.toISOString() ?? '-infinity', label];
    found.push({ label, sums, last: last?.toISOString() ?? null, position });
  }
  return { ...pageOf(found, page, ({ position }) => position), ...whole };
}

/** @returns `null` where a domain has never sent anything */
async function knownDomain(
  ws: WorkspaceTx,
  domain: string,
): Promise<{ last: string | null } | null> {
  const { rows } = await sql<{ last: Date | null }>`
    select last_request_at as last from domain_totals
    where ${ws.of()} and domain = ${domain}`.execute(ws.tx);
  const [row] = rows;
  return row ? { last: row.last?.toISOString() ?? null } : null;
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
  const known = await knownDomain(ws, domain);
  if (!known) return null;
  const query = { ...asked, domains: [domain] };
  const period = await periodOf(ws, query);
  const { granularity, intervals } = intervalsFor(period, query);
  const floors = await readFloors(ws);
  const { figures, change, unavailable } = await compared(ws, period, query, floors);
  const over = await pointsOf(ws, intervals, query, floors);
  const page = { from: null, limit: MODELS };
  const list = await modelsOf(ws, period, { ...query, page }, { floors, path: 'models' });
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
