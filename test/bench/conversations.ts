/** Lists and searches of conversations, against SQL on the rows that they are made of. */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { ConversationFilter, ListPage } from '../../server/store/read/conversations/list.ts';
import { ConversationStore } from '../../server/store/read/conversations.ts';
import type { Store, WorkspaceTx } from '../../server/store/database/database.ts';
import { time } from '../../server/store/database/batch-columns.ts';
import { documentOf } from '../../server/store/search/document.ts';
import { DAY } from '../../server/store/time/zones.ts';
import { makeHistory, type History } from './history.ts';
import { median, timed, type Context, type Row } from './measure.ts';
import { onEachDatabase, type DatabaseKind } from './service.ts';

const RUNS = { ours: 9, rows: 3 };
const PAGE = 50;

export const conversations = (context: Context): Promise<Row[]> =>
  onEachDatabase((store, kind) => measure(store, kind, context));

async function measure(store: Store, kind: DatabaseKind, { size, say }: Context): Promise<Row[]> {
  say(`${size.requests} requests and what was said, ${kind}: making them`);
  const history = await makeHistory(store, size.requests);
  await addMessages(store, history);
  await store.exec('vacuum (analyze)');
  const rows: Row[] = [];
  for (const { name, ours, raw, rawName } of questions(store, history)) {
    const what = `${name}, ${kind}`;
    say(what);
    const [told, expected] = [await ours(), await raw()];
    assert.deepEqual(told, expected, what);
    const [ourMs, rowMs] = [await timed(RUNS.ours, ours), await timed(RUNS.rows, raw)];
    rows.push({
      what: `${what}, p50`,
      value: median(ourMs),
      unit: 'ms',
      against: { what: rawName, value: median(rowMs) },
      details: { ourMs, rowMs, entries: told.length },
    });
  }
  return rows;
}

/** How often a word is said: in each message, in one of a hundred, in some ten of all. */
const [COMMON, SELDOM, RARE] = ['order', 'refund', 'zeppelin'] as const;

/** A question and an answer in each conversation, and its sums, of exactly the rows there are. */
async function addMessages(store: Store, { workspaceId }: History): Promise<void> {
  const id = sql`${workspaceId}::uuid`;
  const mine = sql`workspace_id = ${id}`;
  await store.asSystem(async (tx) => {
    const statements = [
      sql`update conversations c set last_message_at = r.last_at, cost_usd = r.cost,
          errors = r.errors, unpriced = r.unpriced, models = r.models
        from (
          select conversation, sum(n) as requests, max(last_at) as last_at, sum(cost) as cost,
            sum(errors) as errors, sum(unpriced) as unpriced, jsonb_object_agg(model, n) as models
          from (
            select conversation, model, count(*) as n, coalesce(sum(cost_usd), 0) as cost,
              count(error_type) as errors, count(*) - count(cost_usd) as unpriced,
              max(started_at + latency_ms * interval '1 millisecond') as last_at
            from requests where ${mine} group by conversation, model
          ) parts group by conversation
        ) r
        where c.workspace_id = ${id} and c.key = r.conversation`,
      sql`create temporary table said on commit drop as
        select side || '.' || key as hash, domain, key, first_at, case side when 'u' then 'user'
            else 'assistant' end as role,
          ${COMMON} || ' ' || (
            select string_agg('word' || floor(random() ^ 3 * 20000), ' ')
            from generate_series(1, 12) where key is not null)
          || case when random() < 0.01 then ${` ${SELDOM}`} else '' end
          || case when random() < 0.00003 then ${` ${RARE}`} else '' end as content
        from conversations, unnest(array['u', 'a']) side where ${mine}`,
      sql`insert into message_bodies (workspace_id, hash, role, parts, length, seen_at)
        select ${id}, hash, role,
          jsonb_build_array(jsonb_build_object('type', 'text', 'text', content)), length(content),
          first_at
        from said`,
      sql`insert into message_places (workspace_id, hash, domain, conversation, first_at)
        select ${id}, hash, domain, key, first_at from said`,
    ];
    for (const statement of statements) await statement.execute(tx);
  });
  await indexMessages(store, workspaceId);
}

/** What they can be found by, as the writer makes it. */
async function indexMessages(store: Store, workspaceId: string): Promise<void> {
  let after = '';
  for (;;) {
    const last = await store.inWorkspace(workspaceId, async ({ tx }) => {
      const { rows } = await sql<{ hash: string; text: string }>`
        select hash, parts -> 0 ->> 'text' as text from message_bodies
        where workspace_id = ${workspaceId} and hash > ${after} collate "C"
        order by hash limit 5000`.execute(tx);
      const documents = rows.map(({ hash, text }) => ({ hash, ...documentOf(text) }));
      const column = (name: 'hash' | 'words' | 'body') => documents.map((row) => row[name]);
      await sql`insert into message_search (workspace_id, hash, words, body)
        select ${workspaceId}::uuid, v.hash, v.words::tsvector, v.body from unnest(
          ${column('hash')}::text[], ${column('words')}::text[], ${column('body')}::text[]
        ) as v(hash, words, body)`.execute(tx);
      return rows.at(-1);
    });
    if (!last) return;
    after = last.hash;
  }
}

interface Question {
  name: string;
  /** Ids, in their order. */
  ours: () => Promise<string[]>;
  raw: () => Promise<string[]>;
  rawName: string;
}

function* questions(store: Store, { workspaceId, until: now }: History): Generator<Question> {
  const conversationStore = new ConversationStore(store);
  const reader = { accountId: null, now };
  const from = now - 90 * DAY;
  const page: ListPage = { sort: 'last_message', order: 'desc', from: null, limit: PAGE };
  const list = async (filter: Partial<ConversationFilter>, how: Partial<ListPage> = {}) => {
    const whole = { domains: null, from, to: null, ...filter };
    const told = await conversationStore.list(workspaceId, whole, { ...page, ...how }, reader);
    return told.entries.map(({ id }) => id);
  };
  const onRows = (work: (ws: WorkspaceTx) => Promise<string[]>): Promise<string[]> =>
    store.inWorkspace(workspaceId, async (ws) => {
      // It may take longer than a request of the service ever may.
      await sql`select set_config('statement_timeout', '0', true)`.execute(ws.tx);
      return work(ws);
    });
  const grouped = (having: string, order: string) => () =>
    onRows(async (ws) => {
      const { rows } = await sql<{ id: string }>`
        select conversation as id from requests where ${ws.of()} and started_at >= ${time(from)}
        group by domain, conversation having ${sql.raw(having)}
        order by ${sql.raw(order)}, domain desc, conversation desc limit ${PAGE}`.execute(ws.tx);
      return rows.map(({ id }) => id);
    });
  const last = "max(started_at + latency_ms * interval '1 millisecond') desc";
  const rawName = 'SQL on the rows';
  yield { name: 'list, latest first', ours: () => list({}), raw: grouped('true', last), rawName };
  yield {
    name: 'list, dearest first',
    ours: () => list({}, { sort: 'cost' }),
    raw: grouped('true', 'coalesce(sum(cost_usd), 0) desc'),
    rawName,
  };
  yield {
    name: 'list of a model, latest first',
    ours: () => list({ model: 'gpt-5' }),
    raw: grouped("bool_or(model = 'gpt-5')", last),
    rawName,
  };
  yield {
    name: 'list of a user, latest first',
    ours: () => list({ user: 'user-7' }),
    raw: grouped("bool_or(user_id = 'user-7')", last),
    rawName,
  };
  for (const [how, word, days] of [
    ['all messages', COMMON, 90],
    ['all messages, the last day', COMMON, 1],
    ['one in a hundred messages', SELDOM, 90],
    ['ten messages', RARE, 90],
  ] as const) {
    const since = now - days * DAY;
    const likes = (distinct: boolean) => () =>
      onRows(async (ws) => {
        const { rows } = await sql<{ id: string }>`
          select p.conversation as id from message_bodies b
          join message_places p on ${ws.of('p.workspace_id')} and p.hash = b.hash
          join conversations c on ${ws.of('c.workspace_id')} and c.domain = p.domain
            and c.key = p.conversation
          where ${ws.of('b.workspace_id')} and b.parts::text ilike ${`%${word}%`}
          ${
            distinct
              ? sql`and c.last_message_at >= ${time(since)} group by p.domain, p.conversation
                  order by max(c.last_message_at) desc, p.domain desc, p.conversation desc`
              : sql`and p.first_at >= ${time(since)} order by p.first_at desc, p.domain desc, p.conversation desc, p.hash desc`
          }
          limit ${PAGE}`.execute(ws.tx);
        return rows.map(({ id }) => id);
      });
    yield {
      name: `search, a word of ${how}`,
      ours: async () => {
        const first = { from: null, limit: PAGE };
        const query = { q: word, domains: null, from: since, to: null, page: first };
        const { entries: hits } = await conversationStore.search(workspaceId, query, reader);
        return hits.map(({ conversation }) => conversation.id);
      },
      raw: likes(false),
      rawName: 'ilike on the texts',
    };
    yield {
      name: `list with a word of ${how}`,
      ours: () => list({ q: word, from: since }),
      raw: likes(true),
      rawName: 'ilike on the texts',
    };
  }
}
