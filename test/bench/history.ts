/**
 * A workspace with a long history: rows made by SQL, and the rollups of exactly these rows (which
 * `history-check.ts` holds against what the write path would have made of them).
 */
import { randomUUID } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import type { Store } from '../../server/store/database/database.ts';
import { floorsAt } from '../../server/store/time/retention-floors.ts';
import { time } from '../../server/store/database/batch-columns.ts';
import { monthOf, Months } from '../../server/store/write/months.ts';
import { DAY } from '../../server/store/time/zones.ts';

export interface History {
  workspaceId: string;
  /** Where it ends, epoch ms. */
  until: number;
}

export const DAYS = 90;
export const DOMAINS = [
  'support.example.com',
  'shop.example.com',
  'research.example.com',
  'internal.example.com',
] as const;

const MODELS = ['gpt-5', 'gpt-5-mini', 'claude-sonnet-4-5', 'claude-haiku-4-5', 'gemini-2.5-flash'];
const AGENTS = ['triage', 'writer', 'analyst'];
const TEAMS = ['care', 'store', 'insights'];
const ERRORS = ['timeout', 'rate_limit', 'overloaded', 'context_length'];
/** What a run calls beside its model: two tools, and an agent. */
const TOOLS = ['search', 'read', 'mail', 'plot', 'query'];
const USERS = 1_000;
/** Requests of a run, and runs of a conversation. */
const [RUN, CHAT] = [3, 2];

/** Fills an empty store. Deterministic but for its end, which is now. */
export async function makeHistory(store: Store, requests: number): Promise<History> {
  const until = Date.now();
  const workspaceId = randomUUID();
  const months = new Set<string>();
  for (let at = until - DAYS * DAY; at <= until; at += DAY) months.add(monthOf(at));
  await new Months(store).ensure([...months, monthOf(until)]);
  await store.asSystem(async (tx) => {
    const { fine, hour } = floorsAt(until);
    const statements = [
      sql`select setseed(0.42)`,
      ...rowsOf(workspaceId, until, requests),
      sql`insert into floors values (${workspaceId}, ${time(fine)}, ${time(hour)})`,
      ...rollupsOf(workspaceId, time(fine)),
    ];
    for (const statement of statements) await statement.execute(tx);
  });
  return { workspaceId, until };
}

const pick = (names: readonly string[], chance: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(${names}::text[])[1 + floor(${chance} * ${sql.lit(names.length)})::int]`;

/** Log-normal around a median. */
const spread = (median: number): RawBuilder<unknown> =>
  sql`${sql.lit(median)} * exp(0.8 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))`;

function rowsOf(workspaceId: string, until: number, requests: number): RawBuilder<unknown>[] {
  const chats = Math.ceil(requests / (RUN * CHAT));
  const begin = time(until - DAYS * DAY);
  // The last chat ends before the history does.
  const minutes = DAYS * 24 * 60 - 30;
  const id = sql`${workspaceId}::uuid`;
  return [
    // In the order of time, as telemetry comes: so are the indexes filled.
    sql`create temporary table chats on commit drop as
      select row_number() over (order by at) as c, chat.*
      from (
        select date_trunc('milliseconds',
            ${begin}::timestamptz + random() * ${sql.lit(minutes)} * interval '1 minute') as at,
          ${pick(DOMAINS, sql`random()`)} as domain,
          'user-' || floor(random() ^ 2 * ${sql.lit(USERS)}) as user_id
        from generate_series(1, ${sql.lit(chats)})
      ) chat`,
    sql`create temporary table runs on commit drop as
      select gen_random_uuid() as id, c * ${sql.lit(CHAT)} + i as r, c, domain, user_id,
        at + i * interval '5 minutes' as at, ${pick(AGENTS, sql`random()`)} as agent,
        ${pick(MODELS, sql`random()`)} as model, ${pick(TEAMS, sql`random()`)} as team,
        ${pick(TOOLS, sql`random()`)} as tool,
        (array['completed', 'completed', 'completed', 'completed', 'completed', 'completed',
          'completed', 'completed', 'failed', 'abandoned'])[1 + floor(random() * 10)::int] as status
      from chats, generate_series(0, ${sql.lit(CHAT - 1)}) i`,
    sql`create temporary table calls on commit drop as
      select *, ${spread(900)} as latency, ${spread(300)} as first_token, random() < 0.03 as failed,
        ${pick(ERRORS, sql`random()`)} as error,
        200 + floor(random() * 4000)::bigint as uncached, floor(random() * 6000)::bigint as cached,
        20 + floor(random() * 800)::bigint as written
      from runs, generate_series(0, ${sql.lit(RUN - 1)}) n`,
    sql`insert into requests (workspace_id, started_at, key, scope, digest, trace_id, domain,
        family, model, agent, team, user_id, conversation, execution_id, latency_ms,
        latency_bucket, first_token_ms, first_token_bucket, uncached_input, cache_read, cache_write, output, reasoning, cost_usd, price_version,
        error_type, input_messages, output_messages)
      select ${id}, at + n * interval '20 seconds',
        'span:' || lpad(to_hex(r), 32, '0') || ':' || lpad(to_hex(n + 1), 16, '0'),
        'trace:' || lpad(to_hex(r), 32, '0'), 'digest', lpad(to_hex(r), 32, '0'), domain, 'genai',
        model, agent, team, user_id, 'chat-' || c, id, latency,
        ceil(ln(latency) / ln(1.04::float8)), case when not failed then first_token end,
        case when not failed then ceil(ln(first_token) / ln(1.04::float8)) end,
        case when not failed then uncached end, case when not failed then cached end,
        case when not failed then 0 end, case when not failed then written end,
        case when not failed then 0 end,
        case when not failed then (uncached * 3 + cached * 0.3 + written * 15) / 1000000 end,
        'bench', case when failed then error end, '[]', '[]'
      from calls`,
    sql`insert into executions (workspace_id, id, key, scope, digest, trace_id, status, domain,
        user_id, agent, model, conversation, started_at, ended_at, last_event_at, steps_done,
        requests, cost_usd, unpriced, links)
      select ${id}, id, 'run:' || r, 'trace:' || lpad(to_hex(r), 32, '0'), 'digest',
        lpad(to_hex(r), 32, '0'), status, domain, user_id, agent, model, 'chat-' || c, at,
        case when status <> 'abandoned' then at + interval '1 minute' end, at + interval '1 minute',
        ${sql.lit(RUN)}, ${sql.lit(RUN)}, 0, 0, jsonb_build_array(
          jsonb_build_object('kind', 'tool', 'source', agent, 'target', tool, 'calls', 2,
            'errors', 0),
          jsonb_build_object('kind', 'agent', 'source', agent, 'target', 'critic', 'calls', 1,
            'errors', (status = 'failed')::int))
      from runs`,
    sql`insert into conversations (workspace_id, key, domain, user_id, first_at, first_key, last_at,
        last_message_at, requests)
      select ${id}, 'chat-' || c, domain, user_id, at,
        'span:' || lpad(to_hex(c * ${sql.lit(CHAT)}), 32, '0') || ':' || lpad('1', 16, '0'), at + interval '6 minutes',
        at + interval '6 minutes', ${sql.lit(RUN * CHAT)} from chats`,
    sql`insert into users
      select ${id}, user_id, domain, min(started_at), max(started_at) from requests
      where workspace_id = ${id} group by user_id, domain`,
  ];
}

const slot = (grain: number, column: string): RawBuilder<unknown> =>
  sql`date_bin(${sql.lit(`${grain} minutes`)}, ${sql.ref(column)}, timestamptz '1970-01-01Z')`;

/** Of requests, all that is summed but their number; those that fail tell no usage here. */
const SUMMED = sql.raw(`count(error_type), count(*) - count(output), count(*) - count(cost_usd),
  coalesce(sum(uncached_input), 0), coalesce(sum(cache_read), 0), coalesce(sum(cache_write), 0),
  coalesce(sum(output), 0), coalesce(sum(reasoning), 0), coalesce(sum(cost_usd), 0)`);

/** The coarser grains are made of the finer. */
function rollupsOf(workspaceId: string, fine: string): RawBuilder<unknown>[] {
  const mine = sql`workspace_id = ${workspaceId}`;
  const sums = sql.raw(
    ['requests', 'errors', 'unmetered', 'unpriced', 'uncached_input', 'cache_read', 'cache_write']
      .concat(['output', 'reasoning', 'cost_usd', 'priced_tokens', 'timed_output', 'timed_us'])
      .map((name) => `sum(${name})`)
      .join(),
  );
  const usageSums = sql.raw(
    ['errors', 'unmetered', 'unpriced', 'uncached_input', 'cache_read', 'cache_write', 'output']
      .concat(['reasoning', 'cost_usd'])
      .map((name) => `sum(${name})`)
      .join(),
  );
  const executionSums = sql.raw(
    [
      'executions',
      'completed',
      'failed',
      'running',
      'abandoned',
      'conversations',
      'timed',
      'duration_ms',
    ]
      .map((name) => `sum(${name})`)
      .join(),
  );
  const coarser = (from: number, grain: number): RawBuilder<unknown>[] => [
    sql`insert into model_sums
      select workspace_id, ${sql.lit(grain)}, ${slot(grain, 'slot')} as s, domain, model, ${sums}
      from model_sums where ${mine} and grain = ${sql.lit(from)}
      group by workspace_id, s, domain, model`,
    sql`insert into domain_sums
      select workspace_id, ${sql.lit(grain)}, ${slot(grain, 'slot')} as s, domain, ${executionSums}
      from domain_sums where ${mine} and grain = ${sql.lit(from)}
      group by workspace_id, s, domain`,
  ];
  const latencies = (grain: number, from: string | null): RawBuilder<unknown> =>
    sql`insert into sketches
      select workspace_id, 'latency', ${sql.lit(grain)}, ${slot(grain, 'started_at')} as s, domain,
        '', latency_bucket, count(*)
      from requests where ${mine} and (${from}::timestamptz is null or started_at >= ${from})
      group by workspace_id, s, domain, latency_bucket`;
  return [
    sql`insert into model_sums
      select workspace_id, 15, ${slot(15, 'started_at')} as s, domain, model, count(*),
        count(error_type), count(*) - count(output), count(*) - count(cost_usd),
        coalesce(sum(uncached_input), 0), coalesce(sum(cache_read), 0),
        coalesce(sum(cache_write), 0), coalesce(sum(output), 0), coalesce(sum(reasoning), 0),
        coalesce(sum(cost_usd), 0),
        coalesce(sum(uncached_input + cache_read + cache_write + output), 0),
        coalesce(sum(output), 0),
        coalesce(sum(floor(latency_ms * 1000 + 0.5)::bigint) filter (where output > 0), 0)
      from requests where ${mine} group by workspace_id, s, domain, model`,
    sql`insert into domain_sums
      select workspace_id, 15, s, domain, sum(executions), sum(completed), sum(failed), 0,
        sum(abandoned), sum(conversations), sum(timed), sum(duration_ms)
      from (
        select workspace_id, ${slot(15, 'started_at')} as s, domain, 1 as executions,
          (status = 'completed')::int as completed, (status = 'failed')::int as failed,
          (status = 'abandoned')::int as abandoned, 0 as conversations,
          (ended_at is not null)::int as timed,
          coalesce(extract(epoch from ended_at - started_at) * 1000, 0)::bigint as duration_ms
        from executions where ${mine}
        union all
        select workspace_id, ${slot(15, 'first_at')}, domain, 0, 0, 0, 0, 1, 0, 0
        from conversations where ${mine}
      ) parts group by workspace_id, s, domain`,
    ...coarser(15, 60),
    ...coarser(60, 1440),
    latencies(15, fine),
    latencies(60, null),
    sql`insert into sketches
      select workspace_id, 'latency', 60, ${slot(60, 'started_at')} as s, domain, model,
        latency_bucket, count(*)
      from requests where ${mine} group by workspace_id, s, domain, model, latency_bucket`,
    sql`insert into sketches
      select workspace_id, 'first_token', 60, ${slot(60, 'started_at')} as s, domain, model,
        first_token_bucket, count(*)
      from requests where ${mine} and first_token_bucket is not null
      group by workspace_id, s, domain, model, first_token_bucket`,
    // A run takes a minute, as made above: bucket 281.
    sql`insert into sketches
      select workspace_id, 'duration', 60, ${slot(60, 'started_at')} as s, domain, label, 281,
        count(*)
      from executions, unnest(array['', agent]) label
      where ${mine} and ended_at is not null group by workspace_id, s, domain, label`,
    sql`insert into sketches
      select workspace_id, measure, 1440, ${slot(1440, 'slot')} as s, domain, label, bucket, sum(n)
      from sketches where ${mine} and grain = 60
      group by workspace_id, measure, s, domain, label, bucket`,
    sql`insert into sketches
      select workspace_id, measure, grain, slot, '', '', bucket, sum(n)
      from sketches where ${mine} and label = '' group by workspace_id, measure, grain, slot, bucket`,
    sql`delete from sketches where ${mine} and grain = 60 and label <> '' and slot < ${fine}`,
    sql`insert into user_sets
      select workspace_id, 60, ${slot(60, 'started_at')} as s, domain, user_id, count(*),
        ${SUMMED}
      from requests where ${mine} group by workspace_id, s, domain, user_id`,
    sql`insert into user_sets
      select workspace_id, 1440, ${slot(1440, 'slot')} as s, domain, user_id, sum(n), ${usageSums}
      from user_sets where ${mine} and grain = 60 group by workspace_id, s, domain, user_id`,
    sql`insert into agent_sums
      select workspace_id, grain, date_bin(grain * interval '1 minute', started_at,
          timestamptz '1970-01-01Z') as s, domain, agent, count(*),
        count(*) filter (where status = 'completed'), count(*) filter (where status = 'failed'),
        count(ended_at), coalesce(sum(extract(epoch from ended_at - started_at) * 1000), 0)::bigint
      from executions, unnest(array[15, 60, 1440]::smallint[]) as grain
      where ${mine} group by workspace_id, grain, s, domain, agent`,
    ...['agent', 'team'].map((name) => {
      const model = name === 'agent' ? sql`model` : sql`''`;
      return sql`insert into label_sums
        select workspace_id, ${name}, 60, ${slot(60, 'started_at')} as s, domain, ${sql.ref(name)},
          ${model} as m, count(*), ${SUMMED}
        from requests where ${mine} group by workspace_id, s, domain, ${sql.ref(name)}, m`;
    }),
    sql`insert into label_sums
      select workspace_id, dimension, 1440, ${slot(1440, 'slot')} as s, domain, label, model,
        sum(requests), ${usageSums}
      from label_sums where ${mine} and grain = 60
      group by workspace_id, dimension, s, domain, label, model`,
    ...[15, 60, 1440].map(
      (grain) => sql`insert into error_sums
        select workspace_id, ${sql.lit(grain)}, ${slot(grain, 'started_at')} as s, domain,
          error_type, model, count(*)
        from requests where ${mine} and error_type is not null
        group by workspace_id, s, domain, error_type, model`,
    ),
    ...[60, 1440].map(
      (grain) => sql`insert into link_sums
        select workspace_id, ${sql.lit(grain)}, ${slot(grain, 'started_at')} as s, domain, kind,
          source, target, sum(calls), sum(errors)
        from executions, jsonb_to_recordset(links)
          as l(kind text, source text, target text, calls bigint, errors bigint)
        where ${mine} group by workspace_id, s, domain, kind, source, target`,
    ),
    sql`insert into domain_totals
      select workspace_id, domain, count(*), (
        select count(*) from executions e
        where e.workspace_id = r.workspace_id and e.domain = r.domain
      ), max(started_at)
      from requests r where ${mine} group by workspace_id, domain`,
  ];
}
