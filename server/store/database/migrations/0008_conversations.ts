import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isolate } from './isolate.ts';

/** As in 0002: compared byte by byte. */
const NAME = 'text collate "C"';

const TABLES = [
  `alter table requests add link text not null default 'client', add branch ${NAME}`,
  `create index executions_by_conversation on executions (workspace_id, conversation, started_at)
    where conversation is not null`,

  `alter table conversations
    add link text not null default 'client',
    add last_message_at timestamptz,
    add linked integer not null default 0,
    add errors integer not null default 0,
    add input_tokens bigint not null default 0,
    add input_told integer not null default 0,
    add output_tokens bigint not null default 0,
    add output_told integer not null default 0,
    add cost_usd numeric not null default 0,
    add unpriced integer not null default 0,
    add models jsonb not null default '{}',
    add deleted_at timestamptz,
    add purged_at timestamptz`,
  `create index conversations_to_purge on conversations (workspace_id)
    where deleted_at is not null and purged_at is null`,

  `create table conversation_tags (
    workspace_id uuid not null,
    domain ${NAME} not null,
    conversation ${NAME} not null,
    tag ${NAME} not null,
    set_at timestamptz not null default now(),
    primary key (workspace_id, domain, conversation, tag)
  )`,
  `create table conversation_favorites (
    workspace_id uuid not null,
    account_id uuid not null,
    domain ${NAME} not null,
    conversation ${NAME} not null,
    set_at timestamptz not null default now(),
    primary key (workspace_id, account_id, domain, conversation)
  )`,

  // What ties requests without an id of their client's (see write/history.ts and write/links.ts).
  `create table histories (
    workspace_id uuid not null,
    key ${NAME} not null,
    domain ${NAME} not null,
    thread ${NAME} not null,
    started_at timestamptz not null,
    user_id ${NAME},
    marks_digest text not null,
    point ${NAME},
    parent ${NAME},
    conversation ${NAME} not null,
    branch ${NAME},
    primary key (workspace_id, key)
  )`,
  'create index histories_by_thread on histories (workspace_id, domain, thread, started_at)',
  `create index histories_by_point on histories (workspace_id, point) where point is not null`,
  `create index histories_by_parent on histories (workspace_id, parent) where parent is not null`,
  `create table history_marks (
    workspace_id uuid not null,
    hash ${NAME} not null,
    side ${NAME} not null,
    key ${NAME} not null,
    depth smallint not null,
    primary key (workspace_id, hash, side, key)
  )`,
  'create index history_marks_by_key on history_marks (workspace_id, key)',

  // Which messages are said where.
  `create table message_places (
    workspace_id uuid not null,
    hash ${NAME} not null,
    domain ${NAME} not null,
    conversation ${NAME} not null,
    first_at timestamptz not null,
    primary key (workspace_id, hash, domain, conversation)
  )`,
  `create index message_places_by_conversation
    on message_places (workspace_id, domain, conversation)`,
];

/**
 * Row-level security keeps the planner from searching an index by operators that are not leakproof,
 * and those of text search are none. So the index is in a table to which the application's role has
 * no right at all, and is reached by functions that name the transaction's workspace themselves.
 */
const SEARCH = [
  // English stems without its stop words: a search for `not` alone finds it, in any language.
  'create text search dictionary cloudbrain_stem (template = snowball, language = english)',
  'create text search configuration cloudbrain (copy = pg_catalog.english)',
  `alter text search configuration cloudbrain
    alter mapping replace pg_catalog.english_stem with cloudbrain_stem`,
  `create table message_search (
    workspace_id uuid not null,
    hash ${NAME} not null,
    words tsvector not null,
    primary key (workspace_id, hash)
  )`,
  'create index message_search_by_words on message_search using gin (words)',
  `create function index_messages(hashes text[], texts text[]) returns void
    language sql security definer set search_path = public, pg_temp as $$
    insert into message_search (workspace_id, hash, words)
    select nullif(current_setting('cloudbrain.workspace', true), '')::uuid, v.hash,
      to_tsvector('public.cloudbrain', v.content)
    from unnest(hashes, texts) as v(hash, content)
    on conflict (workspace_id, hash) do nothing
  $$`,
  `create function find_messages(query text) returns setof text
    language sql stable security definer set search_path = public, pg_temp as $$
    select hash from message_search
    where workspace_id = nullif(current_setting('cloudbrain.workspace', true), '')::uuid
      and words @@ websearch_to_tsquery('public.cloudbrain', query)
  $$`,
  `create function forget_messages(hashes text[]) returns void
    language sql security definer set search_path = public, pg_temp as $$
    delete from message_search
    where workspace_id = nullif(current_setting('cloudbrain.workspace', true), '')::uuid
      and hash = any(hashes)
  $$`,
  ...['index_messages(text[], text[])', 'find_messages(text)', 'forget_messages(text[])'].flatMap(
    (name) => [
      `revoke all on function ${name} from public`,
      `grant execute on function ${name} to cloudbrain_app`,
    ],
  ),
];

const ISOLATED = [
  'conversation_tags',
  'conversation_favorites',
  'histories',
  'history_marks',
  'message_places',
];

/** What there is already; it is linked by traces alone. */
const FILL = [
  `select set_config('cloudbrain.system', 'on', true)`,
  `update requests set conversation = 'trace:' || trace_id
    where conversation is null and trace_id is not null`,
  `update requests set link = 'trace' where conversation = 'trace:' || trace_id`,
  `update conversations c set
      link = r.link, last_message_at = r.last_message_at, errors = r.errors,
      input_tokens = r.input_tokens, input_told = r.input_told,
      output_tokens = r.output_tokens, output_told = r.output_told,
      cost_usd = r.cost_usd, unpriced = r.unpriced, models = r.models
    from (
      select workspace_id, domain, conversation, min(link) as link,
        max(started_at + coalesce(latency_ms, 0) * interval '1 millisecond') as last_message_at,
        count(error_type) as errors,
        coalesce(sum(coalesce(uncached_input, 0) + coalesce(cache_read, 0)
          + coalesce(cache_write, 0)), 0) as input_tokens,
        count(coalesce(uncached_input, cache_read, cache_write)) as input_told,
        coalesce(sum(output), 0) as output_tokens, count(output) as output_told,
        coalesce(sum(cost_usd), 0) as cost_usd, count(*) - count(cost_usd) as unpriced,
        (select jsonb_object_agg(m.model, m.n) from (
          select q.model, count(*) as n from requests q
          where q.workspace_id = r.workspace_id and q.domain = r.domain
            and q.conversation = r.conversation group by q.model
        ) m) as models
      from requests r where conversation is not null
      group by workspace_id, domain, conversation
    ) r
    where c.workspace_id = r.workspace_id and c.domain = r.domain and c.key = r.conversation`,
  `update conversations set last_message_at = last_at where last_message_at is null`,
  `alter table conversations alter last_message_at set not null`,
  `create index conversations_by_last_message
    on conversations (workspace_id, last_message_at, domain, key)`,
  'drop index conversations_by_end',
  `insert into message_places
    select r.workspace_id, m.hash, r.domain, r.conversation, min(r.started_at)
    from requests r
    cross join lateral jsonb_array_elements_text(r.input_messages || r.output_messages) m(hash)
    where r.conversation is not null
    group by r.workspace_id, m.hash, r.domain, r.conversation`,
  `insert into message_search
    select b.workspace_id, b.hash,
      to_tsvector('public.cloudbrain',
        left(translate(string_agg(p.part ->> 'text', E'\\n'), '<', ' '), 100000))
    from message_bodies b cross join lateral jsonb_array_elements(b.parts) p(part)
    where jsonb_typeof(b.parts) = 'array' and p.part ->> 'type' = 'text'
    group by b.workspace_id, b.hash`,
];

export const conversations: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [...TABLES, ...SEARCH]) await sql.raw(statement).execute(db);
    for (const table of ISOLATED) await isolate(db, table);
    for (const statement of FILL) await sql.raw(statement).execute(db);
  },
};
