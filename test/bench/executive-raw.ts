/** The executive overview without rollups: SQL on the rows, as one would write it by hand. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../server/store/database/database.ts';
import type { Span } from '../../server/store/time/period.ts';
import { time } from '../../server/store/database/batch-columns.ts';
import { DAY } from '../../server/store/time/zones.ts';

type Domains = readonly string[] | null;

/** What both ways have to tell alike. */
export interface RawExecutive {
  users: { dau: number; wau: number; mau: number; active: number; churned: number };
  runs: { total: number; completed: number; failed: number };
  agents: { name: string; total: number; completed: number }[];
  topUsers: { user: string; requests: number }[];
  /** By the day of the reader. */
  days: { at: string; runs: number; requests: number; errors: number; users: number }[];
  annualUsd: number;
  paid: number;
  creditsUsed: number;
}

/** @param spans the period and the one before it */
export async function rawExecutive(
  ws: WorkspaceTx,
  spans: readonly [Span, Span],
  domains: Domains,
  timezone: string,
): Promise<RawExecutive> {
  const [span, before] = spans;
  const all = <T>(query: RawBuilder<T>): Promise<T[]> =>
    query.execute(ws.tx).then(({ rows }) => rows);
  const within = (column: string, { from, to }: Span): RawBuilder<unknown> =>
    sql`${ws.of()} and ${domains === null ? sql`true` : sql`domain = any(${domains}::text[])`}
      and ${sql.ref(column)} >= ${time(from)} and ${sql.ref(column)} < ${time(to)}`;
  const trailing = (days: number) => ({ from: span.to - days * DAY, to: span.to });
  const distinct = (of: Span) =>
    sql`(select count(distinct user_id) from requests where ${within('started_at', of)})`;
  const [users] = await all(
    sql<RawExecutive['users']>`select ${distinct(trailing(1))} as dau,
      ${distinct(trailing(7))} as wau, ${distinct(trailing(30))} as mau,
      ${distinct(span)} as active,
      (select count(*) from (
        select user_id from requests where ${within('started_at', before)}
        except select user_id from requests where ${within('started_at', span)}
      ) gone) as churned`,
  );
  const runs: RawExecutive['runs'][] = [];
  for (const of of spans) {
    const [row] = await all(
      sql<RawExecutive['runs']>`select count(*) as total,
        count(*) filter (where status = 'completed') as completed,
        count(*) filter (where status = 'failed') as failed,
        avg(extract(epoch from ended_at - started_at)),
        percentile_cont(0.95) within group (order by extract(epoch from ended_at - started_at))
      from executions where ${within('started_at', of)}`,
    );
    if (row) runs.push({ total: row.total, completed: row.completed, failed: row.failed });
  }
  const agents = await all(
    sql<RawExecutive['agents'][number]>`select agent as name, count(*) as total,
      count(*) filter (where status = 'completed') as completed
    from executions where ${within('started_at', span)}
    group by agent order by total desc, agent limit 10`,
  );
  const topUsers = await all(
    sql<RawExecutive['topUsers'][number]>`select user_id as user, count(*) as requests
    from requests where ${within('started_at', span)}
    group by user_id order by requests desc, user_id limit 10`,
  );
  const day = sql`date_trunc('day', started_at, ${timezone}::text)`;
  const requests = await all(
    sql<{ at: Date; requests: number; errors: number; users: number }>`select ${day} as at,
      count(*) as requests, count(error_type) as errors, count(distinct user_id) as users
    from requests where ${within('started_at', span)} group by at order by at`,
  );
  const byDay = await all(
    sql<{ at: Date; runs: number }>`select ${day} as at, count(*) as runs
    from executions where ${within('started_at', span)} group by at`,
  );
  const runsAt = new Map(byDay.map(({ at, runs: n }) => [at.getTime(), n]));
  const customers =
    domains === null
      ? sql`true`
      : sql`customer_id in (select id from customers
          where ${ws.of()} and domains && ${domains}::text[])`;
  const [money] = await all(
    sql<{ annualUsd: number; paid: number }>`select sum(annual_usd)::float8 as "annualUsd",
      count(distinct customer_id) as paid
    from (
      select distinct on (id) * from subscription_changes
      where ${ws.of()} and changed_at < ${time(span.to)} order by id, changed_at desc
    ) latest where status = 'active' and ${customers}`,
  );
  const [credits] = await all(
    sql<{ used: number }>`select coalesce(sum(credits), 0)::float8 as used from credits
    where ${ws.of()} and at >= ${time(span.from)} and at < ${time(span.to)} and ${customers}`,
  );
  if (!users || !runs[0] || !money || !credits) throw new Error('A figure is missing.');
  return {
    users,
    runs: runs[0],
    agents,
    topUsers,
    days: requests.map(({ at, ...row }) => ({
      ...row,
      at: at.toISOString(),
      runs: runsAt.get(at.getTime()) ?? 0,
    })),
    annualUsd: money.annualUsd,
    paid: money.paid,
    creditsUsed: credits.used,
  };
}
