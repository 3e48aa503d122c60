/** What calls what: agents, models and tools. */
import type { Schemas } from '../../../contract/index.ts';
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { pageOf, seek, type PageQuery, type SortKey } from '../../database/pages.ts';
import { readFloors } from '../../time/retention-floors.ts';
import { withData } from '../../time/period.ts';
import { acrossWindows, hourlyLevels, rollupWindows, within } from '../../rollups/windows.ts';
import { periodOf, told, type ListQuery } from '../../rollups/query.ts';
import { ENDS_GONE, losesEnds } from '../../rollups/usage.ts';
import { exactly, listed, type Listed } from '../listed.ts';

type LinkKind = 'model' | 'tool' | 'agent';

export type FlowNode = Schemas['FlowNode'];

export type StatsFlow = Schemas['StatsFlow'];

interface Row {
  kind: LinkKind;
  /** `null`: of all links of the kind. */
  source: string | null;
  target: string | null;
  links: number;
  calls: number;
  errors: number;
}

/** The most used first. */
const ORDER: readonly SortKey[] = [
  { value: sql.ref('calls'), type: 'bigint', order: 'desc' },
  { value: sql.ref('kind'), type: 'text', order: 'asc' },
  { value: sql.ref('source'), type: 'text', order: 'asc' },
  { value: sql.ref('target'), type: 'text', order: 'asc' },
];

const KINDS: readonly LinkKind[] = ['model', 'tool', 'agent'];

/** @throws PeriodError */
export async function flow(
  ws: WorkspaceTx,
  query: ListQuery & { kind?: LinkKind | undefined },
): Promise<Listed<StatsFlow>> {
  const period = await periodOf(ws, query);
  const { domains, now, page, kind } = query;
  const floors = await readFloors(ws);
  const span = withData(period, now);
  const links = acrossWindows(rollupWindows([span], hourlyLevels(floors)), (grain) =>
    grain === 0
      ? sql`select 'model' as kind, coalesce(t.agent, '') as source, t.model as target,
            count(*) as calls, count(t.error_type) as errors
          from requests t where ${within(ws, domains, 'started_at')} group by 2, 3
          union all
          select l.kind, coalesce(l.source, ''), l.target, l.calls, l.errors
          from executions t, jsonb_to_recordset(t.links)
            as l(kind text, source text, target text, calls bigint, errors bigint)
          where ${within(ws, domains, 'started_at')}`
      : sql`select 'model' as kind, t.label as source, t.model as target, t.requests as calls,
            t.errors
          from label_sums t
          where t.dimension = 'agent' and t.grain = ${sql.lit(grain)}
            and ${within(ws, domains, 'slot')}
          union all
          select t.kind, t.source, t.target, t.calls, t.errors from link_sums t
          where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')}`,
  );
  const isLost = await losesEnds(ws, span, domains, floors);
  const rows = links ? await linkRows(ws, links, kind, page) : [];
  const isSingle = (row: Row): row is Link => row.source !== null && row.target !== null;
  const found = pageOf(rows.filter(isSingle), page, ({ calls, kind: of, source, target }) => [
    String(calls),
    of,
    source,
    target,
  ]);
  const totals = rows.filter((row) => !isSingle(row));
  const nodes = new Map<string, FlowNode>();
  const node = (of: LinkKind, name: string): string => {
    const id = `${of}:${name}`;
    nodes.set(id, { id, kind: of, name: name === '' ? null : name });
    return id;
  };
  const data = found.entries.map(({ kind: of, source, target, calls, errors }) => ({
    kind: of,
    ...{ source: node('agent', source), target: node(of, target) },
    calls,
    errors,
  }));
  return listed<StatsFlow>(period, found, {
    period: told(period),
    nodes: [...nodes.values()],
    data,
    count: exactly(totals.reduce((sum, total) => sum + total.links, 0)),
    other: KINDS.flatMap((of) => {
      const onPage = found.entries.filter((link) => link.kind === of);
      const total = totals.find((it) => it.kind === of);
      const entries = (total?.links ?? 0) - onPage.length;
      if (!total || entries <= 0) return [];
      const rest = (name: 'calls' | 'errors') =>
        total[name] - onPage.reduce((sum, link) => sum + link[name], 0);
      return [{ kind: of, entries, calls: rest('calls'), errors: rest('errors') }];
    }),
    unavailable: isLost ? [{ path: 'data', reason: ENDS_GONE }] : [],
  });
}

type Link = Row & { source: string; target: string };

/** The links of a page and one more, and the sum of each kind. */
async function linkRows(
  ws: WorkspaceTx,
  links: RawBuilder<unknown>,
  kind: LinkKind | undefined,
  page: PageQuery,
): Promise<Row[]> {
  const { isBeyond, inOrder } = seek(ORDER, page.from);
  const { rows } = await sql<Row & { place: number }>`
    with counted as materialized (
      select kind, source, target, sum(calls)::bigint as calls, sum(errors)::bigint as errors
      from (${links}) windows where ${kind === undefined ? sql`true` : sql`kind = ${kind}`}
      group by kind, source, target
    ), listed as materialized (
      select *, row_number() over (${inOrder}) as place from counted
      where ${isBeyond} ${inOrder} limit ${page.limit + 1}
    )
    select kind, source, target, 1 as links, calls, errors, place from listed
    union all
    select kind, null, null, count(*), sum(calls)::bigint, sum(errors)::bigint, 0
    from counted group by kind
    order by place`.execute(ws.tx);
  return rows;
}
