/** CPU that searches take, of the database and of this process, against `ilike` on the texts. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { sql, type RawBuilder } from 'kysely';
import { unnest, time } from '../../server/store/database/batch-columns.ts';
import type { Store, WorkspaceTx } from '../../server/store/database/database.ts';
import { uuidv7 } from '../../server/store/database/uuid.ts';
import { ConversationStore } from '../../server/store/read/conversations.ts';
import type { Place } from '../../server/store/database/pages.ts';
import type { SearchQuery } from '../../server/store/read/conversations/search.ts';
import { documentOf } from '../../server/store/search/document.ts';
import { DAY } from '../../server/store/time/zones.ts';
import type { Context, Row } from './measure.ts';
import { onEachDatabase, type DatabaseKind } from './service.ts';

const [RUNS, PAGE, DAYS, BATCH] = [20, 20, 90, 2_000];
/** Messages of a conversation. */
const LONG = 10;
const [BIG, TINY] = ['app.example.com', 'tiny.example.com'];
const UNTIL = Date.parse('2026-11-01T00:00:00Z');

export const search = (context: Context): Promise<Row[]> =>
  onEachDatabase((store, kind) => measure(store, kind, context));

interface Said {
  hash: string;
  domain: string;
  conversation: string;
  at: number;
  text: string;
}

/** Random numbers that are the same in each run. */
function* numbers(): Generator<number, never> {
  for (let state = 1; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** In each message a word, and in some of them others (see `questions`). */
function* messages(count: number): Generator<Said> {
  const random = numbers();
  const next = () => random.next().value;
  for (let n = 0; n < count; n++) {
    const chat = Math.floor(n / LONG);
    const words = Array.from({ length: 12 }, () => `word${Math.floor(next() ** 3 * 20_000)}`);
    const add = (share: number, text: string) => (next() < share ? words.push(text) : 0);
    add(0.01, 'refund');
    add(0.0001, 'zeppelin');
    add(0.05, 'umbrella');
    add(0.01, 'blue umbrella');
    add(0.02, '我想了解人工智能');
    yield {
      hash: `u.${n}`,
      domain: chat % 1_000 === 0 ? TINY : chat % 2 === 0 ? BIG : 'shop.example.com',
      conversation: `chat-${chat}`,
      at: UNTIL - DAYS * DAY + Math.floor((n * DAYS * DAY) / count),
      text: `order ${words.join(' ')}`,
    };
  }
}

async function fill(store: Store, workspaceId: string, count: number): Promise<void> {
  const id = sql`${workspaceId}::uuid`;
  const all = [...messages(count)];
  for (let first = 0; first < count; first += BATCH) {
    const some = all
      .slice(first, first + BATCH)
      .map((said) => ({ ...said, ...documentOf(said.text) }));
    const source = unnest<(typeof some)[number]>(
      [
        ['hash', 'text', ({ hash }) => hash],
        ['domain', 'text', ({ domain }) => domain],
        ['conversation', 'text', ({ conversation }) => conversation],
        ['at', 'timestamptz', ({ at }) => time(at)],
        ['content', 'text', ({ text }) => text],
        ['words', 'text', ({ words }) => words],
        ['body', 'text', ({ body }) => body],
      ],
      some,
    );
    await store.asSystem(async (tx) => {
      await sql`insert into message_bodies (workspace_id, hash, role, parts, length, seen_at)
        select ${id}, hash, 'user',
          jsonb_build_array(jsonb_build_object('type', 'text', 'text', content)), length(content), at
        from ${source}`.execute(tx);
      await sql`insert into message_places (workspace_id, hash, domain, conversation, first_at)
        select ${id}, hash, domain, conversation, at from ${source}`.execute(tx);
      await sql`insert into message_search (workspace_id, hash, words, body)
        select ${id}, hash, words::tsvector, body from ${source}`.execute(tx);
    });
  }
  await store.asSystem((tx) =>
    sql`insert into conversations (workspace_id, key, domain, first_at, first_key, last_at,
        last_message_at, requests)
      select workspace_id, conversation, domain, min(first_at), '', max(first_at), max(first_at),
        count(*)
      from message_places group by workspace_id, conversation, domain`.execute(tx),
  );
  await store.exec('vacuum (analyze)');
}

/** CPU of this process, embedded database included, and of PostgreSQL's processes for it, in ms. */
async function cpu(store: Store): Promise<number> {
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1_000;
  if (store.dialect === 'pglite') return own;
  const { rows } = await store.query(
    `select pid from pg_stat_activity where application_name = 'cloudbrain'`,
  );
  const spent = await Promise.all(
    rows.map(async ({ pid }) => {
      const [nanoseconds] = (await readFile(`/proc/${String(pid)}/schedstat`, 'utf8')).split(' ');
      return Number(nanoseconds) / 1e6;
    }),
  );
  return spent.reduce((sum, ms) => sum + ms, own);
}

async function cpuOf(store: Store, runs: number, work: () => Promise<unknown>): Promise<number> {
  // Plans are made, and connections opened, by the first ones.
  for (let run = 0; run < Math.min(6, runs); run++) await work();
  const before = await cpu(store);
  for (let run = 0; run < runs; run++) await work();
  return ((await cpu(store)) - before) / runs;
}

interface Question {
  name: string;
  q: string;
  /** What a text has to be like. */
  like: RawBuilder<unknown>;
  days?: number;
  domain?: string;
}

const like = (text: string) => sql`b.parts::text like ${`%${text}%`}`;

const questions: readonly Question[] = [
  { name: 'a word of all messages', q: 'order', like: like('order') },
  { name: 'one in a hundred', q: 'refund', like: like('refund') },
  { name: 'one in ten thousand', q: 'zeppelin', like: like('zeppelin') },
  { name: 'an absent word', q: 'xylophone', like: like('xylophone') },
  { name: 'two words', q: 'order refund', like: like('refund') },
  { name: 'a phrase', q: '"blue umbrella"', like: like('blue umbrella') },
  { name: 'Chinese', q: '人工智能', like: like('人工智能') },
  { name: 'a word of all messages, one day', q: 'order', like: like('order'), days: 1 },
  { name: 'one in a hundred, one day', q: 'refund', like: like('refund'), days: 1 },
  { name: 'a word of all messages, tiny domain', q: 'order', like: like('order'), domain: TINY },
  { name: 'one in a hundred, domain', q: 'refund', like: like('refund'), domain: BIG },
];

async function measure(store: Store, kind: DatabaseKind, { size, say }: Context): Promise<Row[]> {
  const workspaceId = uuidv7();
  const count = Math.max(200_000, size.requests);
  say(`${count} messages, ${kind}: making them`);
  await fill(store, workspaceId, count);
  const conversations = new ConversationStore(store);
  const reader = { accountId: null, now: UNTIL };
  const rows: Row[] = [];
  for (const { name, q, days, domain, like: fits } of questions) {
    const what = `${name}, ${kind}`;
    say(what);
    const from = days === undefined ? null : UNTIL - days * DAY;
    const domains = domain === undefined ? null : [domain];
    const query: Omit<SearchQuery, 'page'> = { q, domains, from, to: null };
    const page = (place: Place | null) =>
      conversations.search(workspaceId, { ...query, page: { from: place, limit: PAGE } }, reader);
    const raw = (): Promise<string[]> =>
      store.inWorkspace(workspaceId, async (ws: WorkspaceTx) => {
        await sql`select set_config('statement_timeout', '0', true)`.execute(ws.tx);
        const { rows: found } = await sql<{ id: string }>`
          select p.conversation as id from message_bodies b
          join message_places p on ${ws.of('p.workspace_id')} and p.hash = b.hash
          where ${ws.of('b.workspace_id')} and ${fits}
            and (${domain ?? null}::text is null or p.domain = ${domain ?? null})
            and p.first_at >= ${time(from ?? 0)}
          order by p.first_at desc, p.domain desc, p.conversation desc, p.hash desc
          limit ${PAGE}`.execute(ws.tx);
        return found.map(({ id }) => id);
      });
    const first = await page(null);
    assert.deepEqual(
      first.entries.map(({ conversation }) => conversation.id),
      await raw(),
      what,
    );
    const against = { what: '`ilike`', value: await cpuOf(store, 1, raw) };
    const ms = await cpuOf(store, RUNS, () => page(null));
    rows.push({ what: `search, ${what}, CPU`, value: ms, unit: 'ms', against });
    let after: Place | null = first.next;
    for (let n = 2; n < 10 && after; n++) after = (await page(after)).next;
    if (after) {
      const tenth = await cpuOf(store, RUNS, () => page(after));
      rows.push({ what: `search, ${what}, tenth page, CPU`, value: tenth, unit: 'ms', against });
    }
    const listed = { sort: 'last_message', order: 'desc', from: null, limit: PAGE } as const;
    const filter = { q, domains, from, to: null };
    const list = () => conversations.list(workspaceId, filter, listed, reader);
    rows.push({
      what: `list with ${what}, CPU`,
      value: await cpuOf(store, RUNS, list),
      unit: 'ms',
    });
  }
  return rows;
}
