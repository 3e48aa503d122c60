/** What calls what: agents, models and tools. */
import type { Schemas } from '../../../contract/index.ts';
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { readFloors } from '../../time/retention-floors.ts';
import { withData } from '../../time/period.ts';
import { acrossWindows, hourlyLevels, rollupWindows, within } from '../../rollups/windows.ts';
import { periodOf, told, type TopQuery } from '../../rollups/query.ts';
import { ENDS_GONE, losesEnds } from '../../rollups/usage.ts';

type LinkKind = 'model' | 'tool' | 'agent';

export type FlowNode = Schemas['FlowNode'];

export type StatsFlow = Schemas['StatsFlow'];

interface Row {
  kind: LinkKind;
  source: string;
  target: string;
  links: number;
  calls: number;
  errors: number;
  isOther: boolean;
}

/** @throws PeriodError */
export async function flow(ws: WorkspaceTx, query: TopQuery): Promise<StatsFlow> {
  const period = await periodOf(ws, query);
  const { domains, now, limit } = query;
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
  const unavailable = isLost ? [{ path: 'links', reason: ENDS_GONE }] : [];
  const answer: StatsFlow = { period: told(period), nodes: [], links: [], other: [], unavailable };
  if (!links) return answer;
  const { rows } = await sql<Row>`
    with counted as (
      select kind, source, target, sum(calls)::bigint as calls, sum(errors)::bigint as errors
      from (${links}) windows group by kind, source, target
    ), ranked as (
      select *, row_number() over (
        partition by kind order by calls desc, source, target
      ) > ${limit} as other
      from counted
    )
    select kind, case when other then '' else source end as source,
      case when other then '' else target end as target, count(*) as links,
      sum(calls)::bigint as calls, sum(errors)::bigint as errors, other as "isOther"
    from ranked group by 1, 2, 3, other
    order by array_position(array['model', 'tool', 'agent'], kind), calls desc, source, target`.execute(
    ws.tx,
  );
  const nodes = new Map<string, FlowNode>();
  const node = (kind: LinkKind, name: string): string => {
    const id = `${kind}:${name}`;
    nodes.set(id, { id, kind, name: name === '' ? null : name });
    return id;
  };
  for (const { kind, source, target, links: count, calls, errors, isOther } of rows) {
    if (isOther) answer.other.push({ kind, links: count, calls, errors });
    else {
      const ends = { source: node('agent', source), target: node(kind, target) };
      answer.links.push({ kind, ...ends, calls, errors });
    }
  }
  return { ...answer, nodes: [...nodes.values()] };
}
