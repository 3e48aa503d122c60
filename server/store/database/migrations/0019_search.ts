import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { documentOf, MOST_SEARCHED } from '../../search/document.ts';
import { EVERYTHING } from '../../search/query.ts';
import { isolate } from './isolate.ts';
import { searchFunctions } from './search-functions.ts';

/** As in 0002: compared byte by byte. */
const NAME = 'text collate "C"';

/** Messages that are read at once; each may have 100,000 characters. */
const BATCH = 200;

const REMOVED = [
  'drop function index_messages(text[], text[])',
  'drop function find_messages(text, timestamptz, timestamptz)',
  'drop function forget_messages(text[])',
  'drop table message_search',
  'drop text search configuration cloudbrain',
  'drop text search dictionary cloudbrain_stem',
];

const TABLES = [
  `create table message_search (
    workspace_id uuid not null,
    hash ${NAME} not null,
    words tsvector not null,
    body ${NAME} not null,
    primary key (workspace_id, hash)
  )`,
  `create index message_places_by_time on message_places
    (workspace_id, first_at desc, domain desc, conversation desc, hash desc)`,
];

/**
 * A policy comes before any condition of a query's own, and the operators of text search are not
 * leakproof: as a condition of a query they could use no index. So what is looked for is part of
 * the policy. Without it every row of the workspace is there.
 */
const POLICY = `create policy workspace on message_search to cloudbrain_app
  using (
    workspace_id = nullif(current_setting('cloudbrain.workspace', true), '')::uuid
    and words @@ coalesce(nullif(current_setting('cloudbrain.search', true), '')::tsquery,
      '${EVERYTHING.replaceAll("'", "''")}'::tsquery)
  )
  with check (workspace_id = nullif(current_setting('cloudbrain.workspace', true), '')::uuid)`;

export const unicodeSearch: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(db);
    for (const statement of [...REMOVED, ...TABLES]) await sql.raw(statement).execute(db);
    await fill(db);
    await isolate(db, 'message_search');
    await sql`drop policy workspace on message_search`.execute(db);
    await sql.raw(POLICY).execute(db);
    // A search reads all that waits to be put into the index.
    await sql`create index message_search_by_words on message_search using gin (words)
      with (gin_pending_list_limit = 1024)`.execute(db);
    for (const statement of searchFunctions()) await sql.raw(statement).execute(db);
    await sql`analyze message_search`.execute(db);
    await sql`analyze message_places`.execute(db);
  },
};

interface Body {
  workspace_id: string;
  hash: string;
  text: string | null;
}

/** What there is already. */
async function fill(db: Kysely<unknown>): Promise<void> {
  let after = { workspace_id: '00000000-0000-0000-0000-000000000000', hash: '' };
  for (;;) {
    const { rows } = await sql<Body>`
      select b.workspace_id, b.hash, case when jsonb_typeof(b.parts) = 'array' then (
          select left(string_agg(p.part ->> 'text', E'\n' order by p.place), ${MOST_SEARCHED})
          from jsonb_array_elements(b.parts) with ordinality as p(part, place)
          where p.part ->> 'type' = 'text') end as text
      from message_bodies b
      where (b.workspace_id, b.hash) > (${after.workspace_id}::uuid, ${after.hash} collate "C")
      order by b.workspace_id, b.hash limit ${BATCH}`.execute(db);
    const last = rows.at(-1);
    if (!last) return;
    const documents = rows.flatMap(({ text, ...place }) =>
      text ? [{ ...place, ...documentOf(text) }] : [],
    );
    const column = (name: keyof (typeof documents)[number]) => documents.map((row) => row[name]);
    await sql`insert into message_search (workspace_id, hash, words, body)
      select v.workspace_id, v.hash, v.words::tsvector, v.body
      from unnest(${column('workspace_id')}::uuid[], ${column('hash')}::text[],
        ${column('words')}::text[], ${column('body')}::text[]) as v(workspace_id, hash, words, body)`.execute(
      db,
    );
    after = last;
  }
}
