/** Which agents run, and how it goes; only those that have a name. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { withData, type Span } from '../../time/period.ts';
import { slotOf } from '../../time/segments.ts';
import { changeBetween } from '../stats/change.ts';
import { ratio } from '../stats/figures.ts';
import {
  acrossWindows,
  isAmong,
  LEVELS,
  rollupWindows,
  within,
  type Domains,
} from '../../rollups/windows.ts';
import {
  DURATION_COUNTED,
  DURATION_SUMMED,
  DURATION_TOTAL,
  meanOf,
  NOT_SUMMED,
  type DurationTotal,
} from '../../rollups/runtimes.ts';
import { time } from '../../database/batch-columns.ts';
import { lackBefore, spansOf, type Part, type Question } from './part.ts';

interface AgentFigures {
  total: number;
  active: number;
}

export interface TopAgent {
  name: string;
  total: number;
  completed: number;
  failed: number;
  successRate: number | null;
  avgRuntimeMs: number | null;
}

export interface AgentMetrics extends AgentFigures {
  topAgents: TopAgent[];
  change: Record<keyof AgentFigures, number | null>;
}

const TOP = 10;

export async function agentMetrics(
  ws: WorkspaceTx,
  question: Question,
): Promise<Part<AgentMetrics>> {
  const { domains, now } = question;
  const figures: AgentFigures[] = [];
  for (const { from, to } of spansOf(question)) {
    figures.push({
      total: await agentsUntil(ws, to, question),
      active: await agentsIn(ws, withData({ from, to }, now), domains),
    });
  }
  const [current, previous = null] = figures as [AgentFigures, AgentFigures?];
  const top = await mostRun(ws, withData(question.period, now), domains);
  const lack = lackBefore(question, question.firstData);
  const { change, unavailable } = changeBetween(current, previous, lack, 'agentMetrics.change');
  return {
    value: { ...current, topAgents: top.value, change },
    unavailable: [...top.unavailable, ...unavailable],
  };
}

/** The executions of each agent in a span, as rows of `agent_sums`. */
function runsIn(ws: WorkspaceTx, span: Span, domains: Domains): RawBuilder<unknown> | null {
  return acrossWindows(rollupWindows([span], LEVELS), (grain) =>
    grain === 0
      ? sql`select t.agent, count(*)::float8 as executions,
            (count(*) filter (where t.status = 'completed'))::float8 as completed,
            (count(*) filter (where t.status = 'failed'))::float8 as failed, ${DURATION_COUNTED}
          from executions t where ${within(ws, domains, 'started_at')} and t.agent <> ''
          group by t.agent`
      : sql`select t.agent, sum(t.executions)::float8 as executions,
            sum(t.completed)::float8 as completed, sum(t.failed)::float8 as failed,
            ${DURATION_SUMMED}
          from agent_sums t
          where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')}
          group by t.agent`,
  );
}

/**
 * How many agents had run by then: the first day of each is looked up where the next one begins,
 * so that it costs as much as there are agents, however often they ran.
 */
async function agentsUntil(
  ws: WorkspaceTx,
  until: number,
  { domains, now }: Question,
): Promise<number> {
  const { to } = withData({ from: until, to: until }, now);
  const today = slotOf(to, 1440);
  const next = (after: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    select t.agent, t.domain, t.slot from agent_sums t
    where ${ws.of('t.workspace_id')} and t.grain = 1440 and ${after}
    order by t.agent, t.domain, t.slot limit 1`;
  const since = runsIn(ws, { from: today, to }, domains);
  const { rows } = await sql<{ agents: number }>`
    with recursive first as (
      (${next(sql`true`)})
      union all
      select n.* from first cross join lateral (
        ${next(sql`(t.agent, t.domain) > (first.agent, first.domain)`)}
      ) n
    )
    select count(distinct agent) as agents from (
      select agent from first where slot < ${time(today)} and ${isAmong(domains)}
      ${since ? sql`union all select agent from (${since}) windows` : sql``}
    ) seen`.execute(ws.tx);
  return rows[0]?.agents ?? 0;
}

async function agentsIn(ws: WorkspaceTx, span: Span, domains: Domains): Promise<number> {
  const query = runsIn(ws, span, domains);
  if (!query) return 0;
  const { rows } = await sql<{ agents: number }>`
    select count(distinct agent) as agents from (${query}) windows`.execute(ws.tx);
  return rows[0]?.agents ?? 0;
}

type AgentRuns = Pick<TopAgent, 'name' | 'total' | 'completed' | 'failed'> & DurationTotal;

async function mostRun(ws: WorkspaceTx, span: Span, domains: Domains): Promise<Part<TopAgent[]>> {
  const query = runsIn(ws, span, domains);
  if (!query) return { value: [], unavailable: [] };
  const { rows } = await sql<AgentRuns>`
    select agent as name, sum(executions) as total, sum(completed) as completed,
      sum(failed) as failed, ${DURATION_TOTAL}
    from (${query}) windows group by agent order by total desc, agent limit ${TOP}`.execute(ws.tx);
  return {
    value: rows.map(({ timed, durationMs, ...agent }) => ({
      ...agent,
      successRate: ratio(agent.completed, agent.completed + agent.failed),
      avgRuntimeMs: meanOf({ timed, durationMs }),
    })),
    unavailable: rows.flatMap(({ durationMs }, index) =>
      durationMs === null
        ? [{ path: `agentMetrics.topAgents.${index}.avgRuntimeMs`, reason: NOT_SUMMED }]
        : [],
    ),
  };
}
