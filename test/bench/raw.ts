/** The same statistics without rollups: SQL on the rows, as one would write it by hand. */
import { sql, type RawBuilder } from 'kysely';
import type { Store, WorkspaceTx } from '../../server/store/database/database.ts';
import type { Span } from '../../server/store/time/period.ts';
import { time } from '../../server/store/database/batch-columns.ts';

/** The index that such queries want: `requests` has one on workspace and time already. */
export async function indexRows(store: Store): Promise<void> {
  await store.asSystem((tx) =>
    sql`create index bench_requests on requests (workspace_id, domain, started_at)`.execute(tx),
  );
}

export interface RawFigures {
  requests: number;
  errors: number;
  /** Uncached input, cache reads and cache writes. */
  input: number;
  output: number;
  cost: string;
  unpriced: number;
  /** p50, p95 and p99 of latency, in milliseconds. */
  latencies: number[];
  users: number;
  newUsers: number;
  executions: number;
  completed: number;
  conversations: number;
}

type Domains = readonly string[] | null;

/** The figures of each span: as many queries as it takes, one for each table. */
export async function rawOverview(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
): Promise<RawFigures[]> {
  const figures: RawFigures[] = [];
  for (const span of spans) {
    const within = (column: string) => rowsOf(ws, span, domains, column);
    const { rows: requests } = await sql<RequestFigures>`select ${REQUEST_FIGURES}
      from requests where ${within('started_at')}`.execute(ws.tx);
    const { rows: executions } = await sql<ExecutionFigures>`
      select count(*) as executions, count(*) filter (where status = 'completed') as completed
      from executions where ${within('started_at')}`.execute(ws.tx);
    const { rows: conversations } = await sql<{ conversations: number }>`
      select count(*) as conversations from conversations where ${within('first_at')}`.execute(
      ws.tx,
    );
    const { rows: users } = await sql<{ newUsers: number }>`
      select count(*) as "newUsers" from (
        select user_id from users where ${ws.of()} and ${ofDomains(domains)}
        group by user_id
        having min(first_at) >= ${time(span.from)} and min(first_at) < ${time(span.to)}
      ) firsts`.execute(ws.tx);
    const parts = [requests[0], executions[0], conversations[0], users[0]];
    figures.push(Object.assign({}, ...parts) as RawFigures);
  }
  return figures;
}

/** What a timeline shows, by the days of a time zone. */
export async function rawTimeline(
  ws: WorkspaceTx,
  span: Span,
  domains: Domains,
  timezone: string,
): Promise<Map<string, Partial<RawFigures>>> {
  const day = (column: string) =>
    sql`date_trunc('day', ${sql.ref(column)}, ${timezone}::text) as day`;
  const within = (column: string) => rowsOf(ws, span, domains, column);
  const days = new Map<string, Partial<RawFigures>>();
  const add = ({ day: at, ...figures }: { day: Date } & Partial<RawFigures>) =>
    days.set(at.toISOString(), { ...days.get(at.toISOString()), ...figures });
  const { rows: requests } = await sql<{ day: Date } & RequestFigures>`
    select ${day('started_at')}, ${REQUEST_FIGURES}
    from requests where ${within('started_at')} group by day`.execute(ws.tx);
  const { rows: executions } = await sql<{ day: Date } & ExecutionFigures>`
    select ${day('started_at')}, count(*) as executions,
      count(*) filter (where status = 'completed') as completed
    from executions where ${within('started_at')} group by day`.execute(ws.tx);
  const { rows: conversations } = await sql<{ day: Date; conversations: number }>`
    select ${day('first_at')}, count(*) as conversations
    from conversations where ${within('first_at')} group by day`.execute(ws.tx);
  for (const row of [...requests, ...executions, ...conversations]) add(row);
  return days;
}

type RequestFigures = Omit<RawFigures, 'newUsers' | 'executions' | 'completed' | 'conversations'>;
type ExecutionFigures = Pick<RawFigures, 'executions' | 'completed'>;

const REQUEST_FIGURES = sql`count(*) as requests, count(error_type) as errors,
  coalesce(sum(uncached_input + cache_read + cache_write), 0)::bigint as input,
  coalesce(sum(output), 0)::bigint as output, coalesce(sum(cost_usd), 0)::text as cost,
  count(*) - count(cost_usd) as unpriced, count(distinct user_id) as users,
  percentile_cont(array[0.5, 0.95, 0.99]) within group (order by latency_ms) as latencies`;

const ofDomains = (domains: Domains): RawBuilder<unknown> =>
  domains === null ? sql`true` : sql`domain = any(${domains}::text[])`;

const rowsOf = (
  ws: WorkspaceTx,
  { from, to }: Span,
  domains: Domains,
  column: string,
): RawBuilder<unknown> =>
  sql`${ws.of()} and ${ofDomains(domains)}
    and ${sql.ref(column)} >= ${time(from)} and ${sql.ref(column)} < ${time(to)}`;
