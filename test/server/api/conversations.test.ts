import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { nameOf } from '../../../server/api/cursor.ts';
import type { Schemas } from '../../../server/contract/index.ts';
import { purgeDeleted } from '../../../server/store/write/deletion/purge.ts';
import { ConversationStore } from '../../../server/store/read/conversations.ts';
import { Listener } from '../../support/listener.ts';
import { patience } from '../../support/patience.ts';
import { TestServer } from '../../support/server.ts';
import { tablesWith } from '../../support/tables.ts';
import { DOMAIN, sendTurns, type Turn } from '../../support/turns.ts';

type Page = Schemas['ConversationPage'];
type Detail = Schemas['ConversationDetail'];
type MessagePage = Schemas['MessagePage'];
type HitPage = Schemas['ConversationHitPage'];

const MINUTE = 60_000;

/** Text of each message, after the first letter of its role. */
const texts = ({ data }: MessagePage): string[] =>
  data.map(({ role, parts }) => {
    const part = parts?.[0];
    return `${role.slice(0, 1)} ${part && 'text' in part ? part.text : '(unknown)'}`;
  });

describe('conversations', () => {
  let server: TestServer;
  let ingest: string;
  let admin: string;
  let viewer: string;
  let limited: string;
  const now = Date.now();

  const send = (...turns: Turn[]): Promise<void> => sendTurns(server, ingest, turns);
  const get = async <T>(path: string, token = admin): Promise<T> => {
    const { status, body } = await server.call<T>(path, { token });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const ids = async (query: string, token = admin): Promise<string[]> =>
    (await get<Page>(`/api/conversations?${query}`, token)).data.map(({ id }) => id);

  before(async () => {
    server = await TestServer.start();
    ingest = await server.ingestKey();
    admin = (await server.account('admin')).accessToken;
    viewer = (await server.account('viewer')).accessToken;
    limited = await server.apiKey('viewer', { domains: ['shop.example.com'] });
    const order: [string, string][] = [
      ['system', 'You are kind.'],
      ['user', 'Where is my order?'],
    ];
    const whole: [string, string][] = [...order, ['assistant', 'In the depot.'], ['user', 'Why?']];
    await send(
      {
        said: order,
        answer: 'In the depot.',
        at: now - 50 * MINUTE,
        conversation: 'chat-1',
        user: 'ada',
        firstTokenSeconds: 0.4,
      },
      { said: whole, at: now - 40 * MINUTE, conversation: 'chat-1', user: 'ada', error: true },
      {
        said: whole,
        answer: 'Nobody knows.',
        at: now - 39 * MINUTE,
        conversation: 'chat-1',
        user: 'ada',
        firstTokenSeconds: 0.8,
      },
      {
        said: [['user', 'Refund the refund, please']],
        answer: '<b>Done</b>',
        at: now - 2 * MINUTE,
        conversation: 'chat-2',
        user: 'bob',
        model: 'claude-sonnet-4-5',
      },
      {
        said: [['user', 'Hello']],
        answer: 'Hi',
        at: now - 3 * MINUTE,
        conversation: 'chat-1',
        service: 'shop.example.com',
      },
      { said: [['user', 'Old times']], at: now - 60 * 24 * 60 * MINUTE, conversation: 'old' },
    );
  });
  after(() => server.close());

  it('are listed by their latest message, with what they cost', async () => {
    const { data, count, nextCursor } = await get<Page>(`/api/conversations?domain=${DOMAIN}`);
    assert.deepEqual(
      data.map(({ id, status, requests, errors, title, user, link }) => [
        id,
        status,
        requests,
        errors,
        title,
        user,
        link,
      ]),
      [
        ['chat-2', 'active', 1, 0, 'Refund the refund, please', 'bob', 'client'],
        ['chat-1', 'ended', 3, 1, 'Where is my order?', 'ada', 'client'],
      ],
    );
    assert.deepEqual(count, { value: 2, isExact: true });
    assert.equal(nextCursor, null);
    const [, chat] = data;
    assert.deepEqual(chat?.tokens, { input: 3_000, output: 300 });
    assert.equal(chat.startedAt, new Date(now - 50 * MINUTE).toISOString());
    assert.equal(chat.lastMessageAt, new Date(now - 39 * MINUTE + 2_000).toISOString());
    assert.deepEqual(chat.models, ['gpt-4o']);
  });

  it('are found by every filter', async () => {
    const of = `domain=${DOMAIN}`;
    assert.deepEqual(await ids(`${of}&status=active`), ['chat-2']);
    assert.deepEqual(await ids(`${of}&status=ended`), ['chat-1']);
    assert.deepEqual(await ids(`${of}&user=ada`), ['chat-1']);
    assert.deepEqual(await ids(`${of}&model=claude-sonnet-4-5`), ['chat-2']);
    assert.deepEqual(await ids(`${of}&q=refunds`), ['chat-2']);
    assert.deepEqual(await ids(`${of}&q=%22nobody%20knows%22`), ['chat-1']);
    assert.deepEqual(await ids(`${of}&q=unheard`), []);
    assert.deepEqual(await ids(`${of}&timeframe=all&sort=started&order=asc`), [
      'old',
      'chat-1',
      'chat-2',
    ]);
    assert.deepEqual(await ids(`${of}&sort=requests`), ['chat-1', 'chat-2']);
    assert.deepEqual(await ids(`${of}&from=${new Date(now - 10 * MINUTE).toISOString()}`), [
      'chat-2',
    ]);
    assert.deepEqual(await ids('', limited), ['chat-1']);
  });

  for (const sort of ['last_message', 'started', 'requests', 'tokens', 'cost']) {
    for (const order of ['asc', 'desc']) {
      it(`come page by page, sorted by ${sort} ${order}`, async () => {
        const path = `/api/conversations?timeframe=all&sort=${sort}&order=${order}`;
        const whole = await get<Page>(path);
        const paged: string[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const next: Page = await get<Page>(`${path}&limit=1${cursor && `&cursor=${cursor}`}`);
          paged.push(...next.data.map(({ id, domain }) => `${id} ${domain}`));
          cursor = next.nextCursor;
        }
        assert.equal(paged.length, 4);
        assert.deepEqual(
          paged,
          whole.data.map(({ id, domain }) => `${id} ${domain}`),
        );
        const page = await get<Page>(`${path}&limit=1`);
        const other = sort === 'cost' ? 'tokens' : 'cost';
        const { status, body } = await server.call(
          `/api/conversations?timeframe=all&sort=${other}&cursor=${page.nextCursor ?? ''}`,
          { token: admin },
        );
        assert.deepEqual([status, body.errors[0]?.path], [400, 'cursor']);
      });
    }
  }

  it('refuse cursors that nobody made', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const LIST = nameOf(['conversations.list', 'last_message', 'desc']);
    const FOUND = nameOf(['conversations.search']);
    const SAID = nameOf(['conversations.listMessages', 'chat-2', 'asc']);
    const MESSAGES = `/chat-2/messages?domain=${DOMAIN}`;
    for (const [list, parts] of [
      ['', ['n', "' or 1=1", 'a', 'b', LIST]],
      ['', ['n', '2026-11-21T10:00:00.000Z', 'a\0', 'b', LIST]],
      ['', ['n', '2026-11-21T10:00:00.000Z', 'a', 'b', 'c', LIST]],
      ['', ['n', '2026-11-21T10:00:00.000Z', 'a', 'b']],
      [
        '',
        [
          'n',
          '2026-11-21T10:00:00.000Z',
          'a',
          'b',
          nameOf(['conversations.list', 'last_message', 'asc']),
        ],
      ],
      ['', ['n', '0000-01-01T00:00:00.000Z', 'a', 'b', LIST]],
      ['', ['x', '2026-11-21T10:00:00.000Z', 'a', 'b', LIST]],
      ['', 'text'],
      ['/search?q=x', ['n', '2026-11-21T10:00:00.000Z', 'a', 'b', FOUND]],
      ['/search?q=x', ['n', '0000-01-01T00:00:00.000Z', 'a', 'b', 'c', FOUND]],
      ['/search?q=x', ['n', '2026-11-21T10:00:00.000Z', 'a', 'b', 7, FOUND]],
      [MESSAGES, ['n', '2026-11-21T10:00:00.000Z', 'a', '-1', SAID]],
      [MESSAGES, ['n', '0000-01-01T00:00:00.000Z', 'a', '1', SAID]],
      [MESSAGES, ['sideways', '2026-11-21T10:00:00.000Z', 'a', '1', SAID]],
    ] as const) {
      const join = list.includes('?') ? '&' : '?';
      const path = `/api/conversations${list}${join}cursor=${encode(parts)}`;
      const { status, body } = await server.call(path, { token: admin });
      assert.deepEqual([status, body.errors[0]?.path], [400, 'cursor'], path);
    }
  });

  it('tell their quality', async () => {
    const { quality, branches, unavailable } = await get<Detail>(
      `/api/conversations/chat-1?domain=${DOMAIN}`,
    );
    assert.deepEqual(quality, {
      turns: 2,
      userRetries: 0,
      errors: 1,
      abandoned: false,
      abandonedExecutions: 0,
      timeToFirstTokenMs: { p50: 600, p95: 780 },
    });
    assert.deepEqual([branches, unavailable], [[], []]);
  });

  it('are told apart by their domain where several know the id', async () => {
    const { status, body } = await server.call('/api/conversations/chat-1', { token: admin });
    assert.equal(status, 409);
    assert.match(body.detail, /app\.example\.com, shop\.example\.com/);
    const shop = await get<Detail>('/api/conversations/chat-1', limited);
    assert.equal(shop.domain, 'shop.example.com');
    const hidden = await server.call('/api/conversations/chat-2', { token: limited });
    assert.equal(hidden.status, 404);
  });

  it('have each message once, in their order, both ways', async () => {
    const path = `/api/conversations/chat-1/messages?domain=${DOMAIN}`;
    const all = [
      's You are kind.',
      'u Where is my order?',
      'a In the depot.',
      'u Why?',
      'a (unknown)',
      'a Nobody knows.',
    ];
    const page = await get<MessagePage>(path);
    assert.deepEqual(texts(page), all);
    assert.deepEqual([page.nextCursor, page.previousCursor], [null, null]);
    assert.deepEqual(page.data[4]?.error, { type: 'rate_limit', message: 'Too many requests' });
    assert.deepEqual(page.data[5]?.tokens, { input: 1_000, output: 100 });
    assert.deepEqual([page.data[5].latencyMs, page.data[5].timeToFirstTokenMs], [2_000, 800]);
    assert.deepEqual([page.data[1]?.tokens, page.data[1]?.model], [null, null]);
    assert.equal(new Set(page.data.map(({ id }) => id)).size, 6);
    for (const order of ['asc', 'desc']) {
      const expected = order === 'asc' ? all : all.toReversed();
      const first = await get<MessagePage>(`${path}&order=${order}&limit=2`);
      const second = await get<MessagePage>(
        `${path}&order=${order}&limit=2&cursor=${first.nextCursor ?? ''}`,
      );
      const third = await get<MessagePage>(
        `${path}&order=${order}&limit=2&cursor=${second.nextCursor ?? ''}`,
      );
      assert.deepEqual([first, second, third].flatMap(texts), expected, order);
      assert.deepEqual([first.previousCursor, third.nextCursor], [null, null]);
      const back = await get<MessagePage>(
        `${path}&order=${order}&limit=2&cursor=${third.previousCursor ?? ''}`,
      );
      assert.deepEqual(texts(back), texts(second), order);
      const begin = await get<MessagePage>(
        `${path}&order=${order}&limit=2&cursor=${back.previousCursor ?? ''}`,
      );
      assert.deepEqual(texts(begin), texts(first), order);
      assert.equal(begin.previousCursor, null);
      assert.deepEqual(
        texts(
          await get<MessagePage>(`${path}&order=${order}&limit=2&cursor=${begin.nextCursor ?? ''}`),
        ),
        texts(second),
      );
    }
  });

  it('are found by what was said, with the place marked', async () => {
    const { data } = await get<HitPage>('/api/conversations/search?q=refund');
    const [hit] = data;
    assert.deepEqual([data.length, hit?.conversation.id, hit?.role], [1, 'chat-2', 'user']);
    assert.deepEqual(hit?.snippet, [
      { text: 'Refund', match: true },
      { text: ' the ', match: false },
      { text: 'refund', match: true },
      { text: ', please', match: false },
    ]);
    const markup = await get<HitPage>('/api/conversations/search?q=done');
    assert.deepEqual(markup.data[0]?.snippet, [
      { text: '<b>', match: false },
      { text: 'Done', match: true },
      { text: '</b>', match: false },
    ]);
    assert.deepEqual((await get<HitPage>('/api/conversations/search?q=refund', limited)).data, []);
    assert.deepEqual((await get<HitPage>('/api/conversations/search?q=refund%20-please')).data, []);
    assert.deepEqual(
      (await get<HitPage>('/api/conversations/search?q=%26%7C!%3A*%27%27')).data,
      [],
    );
    const paged: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path = `/api/conversations/search?q=order%20or%20depot%20or%20hello&limit=1${cursor && `&cursor=${cursor}`}`;
      const page: HitPage = await get<HitPage>(path);
      paged.push(...page.data.map(({ role, conversation }) => `${role} ${conversation.domain}`));
      cursor = page.nextCursor;
    }
    // Question and answer came at the same time.
    assert.deepEqual(
      [paged[0], ...paged.slice(1).toSorted()],
      ['user shop.example.com', `assistant ${DOMAIN}`, `user ${DOMAIN}`],
    );
  });

  it("have tags, and favourites that are the account's own", async () => {
    const path = '/api/conversations/chat-2';
    const put = (token: string, what: string, body?: unknown) =>
      server.call<Schemas['Conversation']>(`${path}/${what}`, { token, method: 'PUT', body });
    const tagged = await put(admin, 'tags', { tags: ['vip', 'refund'] });
    assert.deepEqual([tagged.status, tagged.body.tags], [200, ['refund', 'vip']]);
    assert.deepEqual((await put(admin, 'tags', { tags: ['vip'] })).body.tags, ['vip']);
    assert.equal((await put(viewer, 'tags', { tags: [] })).status, 403);
    assert.deepEqual(await ids('tag=vip'), ['chat-2']);
    assert.deepEqual(await ids('tag=refund'), []);
    const tags = Array.from({ length: 8 }, (_, index) => `tag-${index}`);
    await Promise.all(tags.map((tag) => put(admin, 'tags', { tags: [tag] })));
    assert.equal((await get<Detail>(path)).tags.length, 1, 'These, and no others');
    const listener = await Listener.stream(`${server.url}/api/live?topics=conversations`, {
      token: viewer,
    });
    await listener.until((events) => events.length > 0);
    await put(admin, 'tags', { tags: ['vip'] });
    await listener.until((events) =>
      events.some(
        ({ event, data }) =>
          event === 'conversation' && data.conversation?.tags.join(' ') === 'vip',
      ),
    );
    listener.close();

    assert.equal((await put(viewer, 'favorite')).status, 204);
    assert.equal((await put(viewer, 'favorite')).status, 204);
    assert.deepEqual(await ids('favorite=true', viewer), ['chat-2']);
    assert.deepEqual(await ids('favorite=true'), []);
    assert.equal((await get<Detail>(path, viewer)).favorite, true);
    assert.equal((await get<Detail>(path)).favorite, false);
    assert.equal((await put(await server.apiKey('admin'), 'favorite')).status, 403);
    const keys = await server.call('/api/conversations?favorite=true', { token: limited });
    assert.deepEqual([keys.status, keys.body.errors[0]?.path], [400, 'favorite']);
    const remove = { token: viewer, method: 'DELETE' };
    assert.equal((await server.call(`${path}/favorite`, remove)).status, 204);
    assert.deepEqual(await ids('favorite=true', viewer), []);
  });

  it('are exported in three formats, and the audit log tells', async () => {
    const path = `/api/conversations/chat-1/export?domain=${DOMAIN}`;
    const json = await get<Schemas['ConversationExport']>(path, viewer);
    assert.deepEqual(
      [json.id, json.messages.length, json.title],
      ['chat-1', 6, 'Where is my order?'],
    );
    const lines = await server.call<string>(`${path}&format=ndjson`, { token: viewer });
    assert.match(lines.headers.get('content-type') ?? '', /^application\/x-ndjson/);
    const csv = await server.call<string>(`${path}&format=csv`, { token: viewer });
    assert.equal(csv.headers.get('content-disposition'), 'attachment; filename="chat-1.csv"');
    const rows = csv.body.split('\r\n');
    assert.equal(rows.length, 8);
    assert.match(rows[1] ?? '', /^chat-1,app\.example\.com,ada,.*,system,You are kind\.,/);
    const { rows: entries } = await server.store.asSystem(async (tx) => ({
      rows: await tx
        .selectFrom('audit_log')
        .select(['action', 'target', 'details'])
        .where('action', '=', 'conversation.export')
        .orderBy('id')
        .execute(),
    }));
    assert.deepEqual(
      entries.map(({ target, details }) => [target, details.format]),
      [
        ['chat-1', 'json'],
        ['chat-1', 'ndjson'],
        ['chat-1', 'csv'],
      ],
    );
  });

  it('are exported many at once', async () => {
    const many = (body: object, token = admin) =>
      server.call<Schemas['ConversationExport'][]>('/api/conversations/export', { token, body });
    const told = ({ body }: { body: Schemas['ConversationExport'][] }) =>
      body.map(({ id, domain, messages }) => [id, domain, messages.length]);
    assert.deepEqual(told(await many({ filter: { timeframe: 'all' }, domain: DOMAIN })), [
      ['chat-1', DOMAIN, 6],
      ['chat-2', DOMAIN, 2],
      ['old', DOMAIN, 2],
    ]);
    assert.deepEqual(told(await many({ ids: ['chat-2', 'nobody', 'chat-1'] }, limited)), [
      ['chat-1', 'shop.example.com', 2],
    ]);
    assert.deepEqual(told(await many({ ids: ['nobody'] })), []);
    const { data: entries } = await get<Schemas['AuditPage']>(
      '/api/admin/audit?action=conversation.export&limit=3',
    );
    assert.deepEqual(
      entries.map(({ details }) => details.conversations),
      [
        [],
        [{ domain: 'shop.example.com', id: 'chat-1' }],
        ['chat-1', 'chat-2', 'old'].map((id) => ({ domain: DOMAIN, id })),
      ],
    );
    assert.deepEqual(entries[2]?.details.filter, { timeframe: 'all' });
    const both = await server.call('/api/conversations/export', {
      token: admin,
      body: { ids: ['a'], filter: {} },
    });
    assert.deepEqual([both.status, both.body.errors[0]?.path], [400, '/filter']);
    const period = await server.call('/api/conversations/export', {
      token: admin,
      body: { filter: { to: '2026-01-01T00:00:00Z' } },
    });
    assert.deepEqual([period.status, period.body.errors[0]?.path], [400, '/filter/from']);
    const csv = await server.call<string>('/api/conversations/export', {
      token: admin,
      body: { format: 'csv', ids: ['chat-2'] },
    });
    assert.equal(csv.body.split('\r\n').length, 4);
    const none = await server.call<string>('/api/conversations/export', {
      token: admin,
      body: { format: 'ndjson', ids: ['nobody'] },
    });
    assert.equal(none.body, '');
  });

  it('can not smuggle a formula into a spreadsheet', async () => {
    const text = '=HYPERLINK("https://evil.example","x")';
    await send({
      said: [['user', text]],
      answer: '-1+1',
      at: now - MINUTE,
      conversation: '+cmd',
      user: '@who',
    });
    const { body } = await server.call<string>('/api/conversations/%2Bcmd/export?format=csv', {
      token: admin,
    });
    const [, asked = '', answered = ''] = body.split('\r\n');
    assert.match(asked, /^'\+cmd,app\.example\.com,'@who,/);
    assert.ok(asked.includes(`"'=HYPERLINK(""https://evil.example"",""x"")"`), asked);
    assert.ok(answered.includes(",'-1+1,"), answered);
  });

  it('say in an export why a cost is empty', async () => {
    const said: [string, string][] = [['user', 'What does it cost?']];
    await send(
      {
        said,
        answer: 'Nobody knows.',
        at: now - MINUTE,
        conversation: 'costs',
        model: 'in-house-1',
      },
      { said, answer: 'A little.', at: now - MINUTE / 2, conversation: 'costs' },
    );
    const path = '/api/conversations/costs/export';
    const { body } = await server.call<string>(`${path}?format=csv`, { token: admin });
    const [header = '', ...lines] = body.trimEnd().split('\r\n');
    const column = (name: string) => header.split(',').indexOf(name);
    const rows = lines.map((line) => line.split(','));
    const costs = rows
      .filter((row) => row[column('role')] === 'assistant')
      .map((row) => [row[column('text')], row[column('cost_usd')] !== '', row[column('unpriced')]]);
    assert.deepEqual(costs, [
      ['Nobody knows.', false, '1'],
      ['A little.', true, '0'],
    ]);
    const asked = rows.filter((row) => row[column('role')] === 'user');
    assert.deepEqual([...new Set(asked.map((row) => row[column('unpriced')]))], ['']);
    const json = await get<Schemas['ConversationExport']>(path);
    assert.equal(json.cost.unpricedRequests, 1);
    const told = json.messages.map(({ cost }) => cost?.unpricedRequests ?? null);
    assert.deepEqual(told.toSorted(), [0, 1, null]);
  });

  it('can not smuggle one in behind what nobody sees', async () => {
    for (const [index, unseen] of [
      ' ',
      '\u00a0',
      '\u200b',
      '\ufeff',
      '\u3000',
      '\u2060 ',
    ].entries()) {
      const conversation = `unseen-${index}`;
      const said: [string, string][] = [['user', `${unseen}=1+1`]];
      await send({ said, answer: `${unseen}＝1`, at: now - MINUTE, conversation, user: 'ada' });
      const path = `/api/conversations/${conversation}/export?format=csv`;
      const { body } = await server.call<string>(path, { token: admin });
      assert.ok(body.includes(`'${unseen}=1+1`), JSON.stringify(body));
      assert.ok(body.includes(`'${unseen}＝1`), JSON.stringify(body));
    }
  });

  it('are gone at once when they are deleted, and so is what was said', async () => {
    const secret = 'my number is zx4242';
    const other: [string, string][] = [['user', 'said in both']];
    await send(
      {
        said: [['user', secret]],
        answer: 'Thank you',
        at: now - 9_000,
        conversation: 'private',
        user: 'eve',
      },
      { said: other, at: now - 8_000, conversation: 'private' },
      { said: other, at: now - 7_000, conversation: 'public' },
    );
    const before = await get<Schemas['StatsOverview']>('/api/stats/overview?timeframe=all');
    const path = '/api/conversations/private';
    const remove = (token: string) => server.call(path, { token, method: 'DELETE' });
    assert.equal((await remove(viewer)).status, 403);
    assert.equal((await remove(admin)).status, 204);
    assert.equal((await remove(admin)).status, 204, 'Again it is the same');
    assert.equal((await server.call(path, { token: admin })).status, 404);
    assert.equal((await server.call(`${path}/messages`, { token: admin })).status, 404);
    assert.ok(!(await ids('timeframe=all')).includes('private'));
    // Whoever was reading it page by page finds no more either.
    const store = new ConversationStore(server.store);
    const place = { domain: DOMAIN, key: 'private' };
    const window = { order: 'asc', from: null, limit: 10 } as const;
    assert.deepEqual((await store.messages(server.workspaceId, place, window)).entries, []);
    assert.deepEqual((await store.arrivals(server.workspaceId, place, null, 10)).messages, []);
    assert.deepEqual((await get<HitPage>('/api/conversations/search?q=zx4242')).data, []);

    const holders = () => tablesWith(server.store, 'zx4242');
    assert.ok((await holders()).includes('message_bodies'));
    await send({ said: [['user', 'and zx4242 again']], at: now - 6_000, conversation: 'private' });
    assert.equal((await server.call(path, { token: admin })).status, 404, 'It stays deleted');
    assert.equal(await purgeDeleted(server.store, now), 1);
    assert.deepEqual(await holders(), []);
    assert.equal(
      (await get<HitPage>('/api/conversations/search?q=%22said%20in%20both%22')).data[0]
        ?.conversation.id,
      'public',
    );

    const later = await get<Schemas['StatsOverview']>('/api/stats/overview?timeframe=all');
    assert.equal(later.requests, before.requests + 1);
    assert.equal(later.conversations, before.conversations);
    // What comes after the purge is purged as well.
    await send({ said: [['user', 'once more zx4242']], at: now - 5_000, conversation: 'private' });
    assert.equal(await purgeDeleted(server.store, now), 1);
    assert.deepEqual(await holders(), []);
    const entries = await server.store.asSystem((tx) =>
      tx
        .selectFrom('audit_log')
        .select(['actor_kind', 'target', 'details', 'ip'])
        .where('action', '=', 'conversation.delete')
        .execute(),
    );
    assert.deepEqual(
      entries.map(({ actor_kind: kind, target, details }) => [kind, target, details]),
      [['account', 'private', { domain: DOMAIN }]],
    );
    assert.ok(entries[0]?.ip);
  });

  it(
    'tell who follows them that they are gone, and no more',
    { timeout: patience(30_000) },
    async () => {
      await send({ said: [['user', 'soon gone']], at: now - 3_000, conversation: 'followed' });
      const follower = await Listener.stream(`${server.url}/api/conversations/followed/stream`, {
        token: viewer,
      });
      await follower.until((events) => events.length > 0);
      const { status } = await server.call('/api/conversations/followed', {
        token: admin,
        method: 'DELETE',
      });
      assert.equal(status, 204);
      await follower.until((events) => events.some(({ event }) => event === 'conversation'));
      follower.close();
      assert.equal(await purgeDeleted(server.store, now), 1);
      const later = await Listener.stream(`${server.url}/api/live?topics=conversations`, {
        token: viewer,
        headers: { 'last-event-id': '0' },
      });
      const gone = { id: 'followed', domain: DOMAIN, conversation: null };
      const heard = (listener: Listener) =>
        listener.events.flatMap(({ event, data }) =>
          event === 'conversation' && data.id === 'followed' ? [data] : [],
        );
      await later.until(() => heard(later).length > 0);
      later.close();
      assert.deepEqual(heard(follower), [gone]);
      assert.deepEqual(heard(later), [gone], 'What it was is purged from what is replayed');
    },
  );

  it('are deleted many at once, and each id is accounted for', async () => {
    await send({ said: [['user', 'bye']], at: now - 4_000, conversation: 'bulk' });
    const { status, body } = await server.call<Schemas['ConversationsDeleted']>(
      '/api/conversations/delete',
      {
        token: admin,
        body: { ids: ['bulk', 'nobody', 'chat-1', 'private'] },
      },
    );
    assert.equal(status, 200);
    assert.deepEqual(body, {
      // Also what was deleted before, as the answer to one alone is the same again.
      deleted: ['bulk', 'private'],
      missing: ['nobody'],
      ambiguous: ['chat-1'],
    });
    assert.ok((await ids('timeframe=all')).includes('chat-1'));
  });

  it('are exported whole or not at all', async () => {
    await server.store.inWorkspace(server.workspaceId, (ws) =>
      sql`insert into conversations
          (workspace_id, key, domain, user_id, first_at, first_key, last_at, last_message_at, requests)
        select ${ws.workspaceId}, 'crowd-' || n, ${DOMAIN}, 'crowd', at, 'crowd-' || n, at, at, 0
        from generate_series(1, 10001) n,
          lateral (select '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second' as at) t`.execute(
        ws.tx,
      ),
    );
    const all = await server.call('/api/conversations/export', {
      token: admin,
      body: { filter: { user: 'crowd', timeframe: 'all' } },
    });
    assert.deepEqual([all.status, all.body.errors[0]?.path], [400, '/filter']);
    assert.match(all.body.errors[0]?.message ?? '', /more than 10000 conversations/);
    const { body } = await server.call<Schemas['ConversationExport'][]>(
      '/api/conversations/export',
      {
        token: admin,
        body: {
          filter: { user: 'crowd', from: '2026-01-01T02:46:40Z', to: '2026-01-02T00:00:00Z' },
        },
      },
    );
    assert.deepEqual(
      body.map(({ id }) => id),
      ['crowd-10000', 'crowd-10001'],
    );
  });

  it('find what nearly every message says within a period, as anything else', async () => {
    const DAY = 24 * 60 * MINUTE;
    const asked: Turn['said'] = [['user', 'An airship, please.']];
    await send(
      { said: asked, answer: 'Which?', at: now - 3 * DAY, conversation: 'air-long', user: 'ada' },
      {
        said: [...asked, ['assistant', 'Which?'], ['user', 'The red one.']],
        at: now - 2 * MINUTE,
        conversation: 'air-long',
        user: 'ada',
      },
      { said: [['user', 'My airship?']], at: now - 2 * DAY, conversation: 'air-old' },
      { said: [['user', 'No airship.']], at: now - MINUTE, conversation: 'air-new' },
    );
    const found = async (query: string) => ({
      messages: (await get<HitPage>(`/api/conversations/search?q=airship&${query}`)).data.map(
        ({ conversation }) => conversation.id,
      ),
      conversations: await ids(`q=airship&${query}`),
    });
    const day = { messages: ['air-new'], conversations: ['air-new', 'air-long'] };
    const week = {
      messages: ['air-new', 'air-old', 'air-long'],
      conversations: ['air-new', 'air-long', 'air-old'],
    };
    for (const often of [false, true]) {
      if (often) {
        await server.store.inWorkspace(server.workspaceId, ({ tx }) =>
          sql`insert into message_search (workspace_id, hash, words, body)
            select ${server.workspaceId}, 'u.filler-' || n, 'airship', ' airship '
            from generate_series(1, 20001) n`.execute(tx),
        );
      }
      assert.deepEqual(await found('timeframe=24h'), day, `often: ${often}`);
      assert.deepEqual(await found('timeframe=7d'), week, `often: ${often}`);
      assert.deepEqual(await found('timeframe=all'), week, `often: ${often}`);
    }
  });

  it('do not take for a turn of the user what an agent tells its helpers', async () => {
    const [conversation, trace] = ['with-helpers', 0xa9e7];
    const asked: Turn['said'] = [['user', 'Please do it.']];
    const told: Turn['said'] = [['user', 'You are a helper: do a part.']];
    const service = 'agents.example.com';
    const within = { conversation, trace, service };
    await send(
      {
        ...within,
        span: 1,
        at: now - 30_000,
        ms: 20_000,
        operation: 'invoke_agent',
        agent: 'main',
      },
      {
        ...within,
        span: 2,
        parent: 1,
        at: now - 29_000,
        agent: 'main',
        said: asked,
        answer: 'I ask',
      },
      ...[10, 20].flatMap((span): Turn[] => [
        {
          ...within,
          span,
          parent: 1,
          at: now - 28_000 + span * 100,
          ms: 900,
          operation: 'invoke_agent',
          agent: 'helper',
        },
        {
          ...within,
          span: span + 1,
          parent: span,
          at: now - 28_000 + span * 100,
          ms: 900,
          agent: 'helper',
          said: told,
          answer: 'A part',
        },
      ]),
    );
    const { quality, requests } = await get<Detail>(`/api/conversations/${conversation}`);
    assert.deepEqual([requests, quality.turns, quality.userRetries], [3, 1, 0]);
  });
});
