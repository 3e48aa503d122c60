import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isolate } from './isolate.ts';

const NAME = 'text collate "C"';

/** What is summed of requests, whatever it is summed by. */
const USAGE = [
  'errors bigint',
  'unmetered bigint',
  'unpriced bigint',
  'uncached_input bigint',
  'cache_read bigint',
  'cache_write bigint',
  'output bigint',
  'reasoning bigint',
  'cost_usd numeric',
];

const added = (columns: readonly string[]) =>
  columns.map((column) => `add column ${column} not null default 0`).join(', ');

const created = (columns: readonly string[]) =>
  columns.map((column) => `${column} not null`).join(', ');

const TABLES = [
  'alter table api_keys add column team text',
  'alter table requests add column first_token_bucket smallint',
  `alter table executions add column links jsonb not null default '[]'`,
  'alter table users add column last_at timestamptz',
  'alter table users set (fillfactor = 80)',
  `alter table model_sums
    ${added(['priced_tokens bigint', 'timed_output bigint', 'timed_us bigint'])}`,
  `alter table user_sets ${added(USAGE)}`,
  // Counts change in place: room on each page keeps such an update off the index.
  `create table label_sums (
    workspace_id uuid not null,
    dimension ${NAME} not null,
    grain smallint not null,
    slot timestamptz not null,
    domain ${NAME} not null,
    label ${NAME} not null,
    model ${NAME} not null,
    requests bigint not null,
    ${created(USAGE)},
    primary key (workspace_id, dimension, grain, slot, domain, label, model)
  ) with (fillfactor = 80)`,
  `create table error_sums (
    workspace_id uuid not null,
    grain smallint not null,
    slot timestamptz not null,
    domain ${NAME} not null,
    error_type ${NAME} not null,
    model ${NAME} not null,
    n bigint not null,
    primary key (workspace_id, grain, slot, domain, error_type, model)
  ) with (fillfactor = 80)`,
  `create table link_sums (
    workspace_id uuid not null,
    grain smallint not null,
    slot timestamptz not null,
    domain ${NAME} not null,
    kind ${NAME} not null,
    source ${NAME} not null,
    target ${NAME} not null,
    calls bigint not null,
    errors bigint not null,
    primary key (workspace_id, grain, slot, domain, kind, source, target)
  ) with (fillfactor = 80)`,
  `create table domain_totals (
    workspace_id uuid not null,
    domain ${NAME} not null,
    requests bigint not null,
    executions bigint not null,
    last_request_at timestamptz,
    primary key (workspace_id, domain)
  ) with (fillfactor = 80)`,
];

/** What becomes a key of an index is a name now: at most 256 characters (see write/clean.ts). */
const shortened = (column: string): string => `update requests set ${column} =
  left(${column}, 223) || '~' || left(encode(sha256(convert_to(${column}, 'UTF8')), 'hex'), 32)
  where length(${column}) > 256`;

const bucketOf = (column: string): string => `case when ${column} > 1e-9
  then least(ceil(ln(${column}) / ln(1.04::float8)), 2000) else -1000 end`;

/** As the write path counts it (see write/usage-sums.ts). */
const SUMMED = `count(*) as requests, count(r.error_type) as errors,
  count(*) filter (where coalesce(r.uncached_input, r.cache_read, r.cache_write, r.output,
    r.reasoning) is null) as unmetered,
  count(*) - count(r.cost_usd) as unpriced,
  coalesce(sum(r.uncached_input), 0) as uncached_input,
  coalesce(sum(r.cache_read), 0) as cache_read, coalesce(sum(r.cache_write), 0) as cache_write,
  coalesce(sum(r.output), 0) as output, coalesce(sum(r.reasoning), 0) as reasoning,
  coalesce(sum(r.cost_usd), 0) as cost_usd`;

const TIMED = `r.error_type is null and r.output > 0 and r.latency_ms > 0
  and r.latency_ms <= 86400000`;

const slotOf = (column: string): string =>
  `date_bin(make_interval(mins => g.grain), ${column}, timestamptz '2000-01-01Z')`;

const GRAINS = '(values (15), (60), (1440)) as g(grain)';
const COARSE = '(values (60), (1440)) as g(grain)';
const isKept = (column: string, floor: 'fine' | 'hour'): string =>
  `(g.grain = 1440 or ${slotOf(column)} >= f.${floor})`;

const NAMES = USAGE.map((column) => column.split(' ')[0]).join(', ');
const VALUES = USAGE.map((column) => `v.${column.split(' ')[0] ?? ''}`).join(', ');

const labelled = (dimension: 'agent' | 'team', label: string, model: string): string => `
  insert into label_sums
    (workspace_id, dimension, grain, slot, domain, label, model, requests, ${NAMES})
  select v.workspace_id, '${dimension}', v.grain, v.slot, v.domain, v.label, v.model, v.requests,
    ${VALUES}
  from (
    select r.workspace_id, g.grain, ${slotOf('r.started_at')} as slot, r.domain,
      ${label} as label, ${model} as model, ${SUMMED}
    from requests r join floors f on f.workspace_id = r.workspace_id, ${COARSE}
    where ${isKept('r.started_at', 'hour')} and ${label} is not null
    group by 1, 2, 3, 4, 5, 6
  ) v`;

/** The new sums of the rows that are there. What their rows are gone for can't be told any more. */
const FILLED = [
  shortened('error_type'),
  shortened('team'),
  shortened('agent'),
  `update requests set first_token_bucket = ${bucketOf('first_token_ms')}
    where first_token_ms is not null`,
  // Of clients that send steps of their own, the tools within them were not kept.
  `update executions e set links = v.links from (
    select t.workspace_id, t.id, jsonb_agg(jsonb_build_object('kind', 'tool', 'source', t.agent,
      'target', t.tool, 'calls', t.calls, 'errors', t.errors)) as links
    from (
      select e.workspace_id, e.id, e.agent, left(s.tool, 256) as tool, count(*) as calls,
        count(*) filter (where s.status = 'failed') as errors
      from executions e
      join execution_details d on d.workspace_id = e.workspace_id and d.execution_id = e.id,
        jsonb_to_recordset(d.steps) as s(kind text, tool text, status text)
      where s.kind = 'tool' and s.tool <> ''
      group by 1, 2, 3, 4
    ) t group by 1, 2
  ) v where v.workspace_id = e.workspace_id and v.id = e.id`,
  `update users u set last_at = coalesce((
    select max(r.started_at) from requests r
    where r.workspace_id = u.workspace_id and r.user_id = u.user_id and r.domain = u.domain
  ), u.first_at)`,
  'alter table users alter column last_at set not null',
  `update model_sums t set priced_tokens = v.priced_tokens, timed_output = v.timed_output,
    timed_us = v.timed_us
  from (
    select r.workspace_id, g.grain, ${slotOf('r.started_at')} as slot, r.domain, r.model,
      coalesce(sum(coalesce(r.uncached_input, 0) + coalesce(r.cache_read, 0)
        + coalesce(r.cache_write, 0) + coalesce(r.output, 0))
        filter (where r.cost_usd is not null), 0) as priced_tokens,
      coalesce(sum(r.output) filter (where ${TIMED}), 0) as timed_output,
      coalesce(sum(floor(r.latency_ms * 1000 + 0.5)::bigint) filter (where ${TIMED}), 0)
        as timed_us
    from requests r, ${GRAINS} group by 1, 2, 3, 4, 5
  ) v
  where t.workspace_id = v.workspace_id and t.grain = v.grain and t.slot = v.slot
    and t.domain = v.domain and t.model = v.model`,
  `insert into sketches (workspace_id, measure, grain, slot, domain, label, bucket, n)
  select r.workspace_id, 'first_token', g.grain, ${slotOf('r.started_at')}, r.domain, r.model,
    r.first_token_bucket, count(*)
  from requests r join floors f on f.workspace_id = r.workspace_id, ${COARSE}
  where r.first_token_bucket is not null and ${isKept('r.started_at', 'fine')}
  group by 1, 3, 4, 5, 6, 7`,
  `update user_sets t set (${NAMES}) = (select ${VALUES})
  from (
    select r.workspace_id, g.grain, ${slotOf('r.started_at')} as slot, r.domain, r.user_id,
      ${SUMMED}
    from requests r, ${COARSE} where r.user_id is not null group by 1, 2, 3, 4, 5
  ) v
  where t.workspace_id = v.workspace_id and t.grain = v.grain and t.slot = v.slot
    and t.domain = v.domain and t.user_id = v.user_id`,
  labelled('agent', `coalesce(r.agent, '')`, 'r.model'),
  labelled('team', 'r.team', `''`),
  `insert into error_sums (workspace_id, grain, slot, domain, error_type, model, n)
  select r.workspace_id, g.grain, ${slotOf('r.started_at')}, r.domain, r.error_type, r.model,
    count(*)
  from requests r, ${GRAINS} where r.error_type is not null group by 1, 2, 3, 4, 5, 6`,
  `insert into link_sums
    (workspace_id, grain, slot, domain, kind, source, target, calls, errors)
  select e.workspace_id, g.grain, ${slotOf('e.started_at')}, e.domain, l.kind,
    coalesce(l.source, ''), l.target, sum(l.calls), sum(l.errors)
  from executions e join floors f on f.workspace_id = e.workspace_id,
    jsonb_to_recordset(e.links)
      as l(kind text, source text, target text, calls bigint, errors bigint),
    ${COARSE}
  where ${isKept('e.started_at', 'hour')} group by 1, 2, 3, 4, 5, 6, 7`,
  `insert into domain_totals (workspace_id, domain, requests, executions, last_request_at)
  select d.workspace_id, d.domain, d.requests, d.executions, (
    select coalesce((
      select max(r.started_at) from requests r
      where r.workspace_id = d.workspace_id and r.domain = d.domain
        and r.started_at >= s.slot and r.started_at < s.slot + interval '15 minutes'
    ), s.slot)
    from model_sums s
    where s.workspace_id = d.workspace_id and s.grain = 15 and s.domain = d.domain
    order by s.slot desc limit 1
  )
  from (
    select workspace_id, domain, sum(requests) as requests, sum(executions) as executions
    from (
      select workspace_id, domain, requests, 0 as executions from model_sums where grain = 1440
      union all
      select workspace_id, domain, 0, executions from domain_sums
      where grain = 1440 and executions > 0
    ) parts group by 1, 2
  ) d`,
];

const ISOLATED = ['label_sums', 'error_sums', 'link_sums', 'domain_totals'] as const;

/** What the statistics by user, agent, team, error, link and domain are read from. */
export const statistics: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(db);
    for (const statement of TABLES) await sql.raw(statement).execute(db);
    for (const table of ISOLATED) await isolate(db, table);
    for (const statement of FILLED) await sql.raw(statement).execute(db);
  },
};
