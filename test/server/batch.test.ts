/** Batches: many GETs in one request, each as if it had been sent by itself. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Schemas } from '../../server/contract/index.ts';
import { createLogger } from '../../server/monitoring/logger.ts';
import { readDocument } from '../support/contract.ts';
import { eventually } from '../support/eventually.ts';
import { PORTAL, TestServer, type Call } from '../support/server.ts';
import { traceOf } from './api/traces.ts';

type Answer = Schemas['BatchAnswer'];
type BatchItem = Schemas['BatchRequest']['requests'][number];

const ME = '/api/auth/me';
const OVERVIEW = '/api/stats/overview';

let server: TestServer;
let admin: string;
/** What the service logs of each request. */
const logged: { operation: string; requestId: string; ip: string }[] = [];
before(async () => {
  const write = (line: string): void => {
    const entry = JSON.parse(line) as { msg: string } & (typeof logged)[number];
    if (entry.msg === 'request') logged.push(entry);
  };
  server = await TestServer.start({
    env: { TRUSTED_PROXIES: '1' },
    logger: createLogger('info', { write }),
  });
  admin = await server.apiKey('admin');
  const token = await server.ingestKey();
  for (const service of ['app.example.com', 'shop.example.com']) {
    const body = traceOf({ startedAt: Date.now() - 60_000, service });
    await server.call('/v1/traces', { token, body });
  }
});
after(() => server.close());

const toItems = (items: readonly (string | BatchItem)[]): BatchItem[] =>
  items.map((item) => (typeof item === 'string' ? { path: item } : item));

/** Sends a batch as it is. */
function send(
  requests: readonly unknown[],
  { token = admin, origin, headers }: Call = {},
  of = server,
): Promise<Response> {
  return fetch(`${of.url}/api/batch`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      ...(origin && { origin }),
      ...headers,
    },
    body: JSON.stringify({ requests }),
  });
}

/** The answers in the order of the requests. */
async function batch(
  items: readonly (string | BatchItem)[],
  call?: Call,
  of = server,
): Promise<Answer[]> {
  const response = await send(toItems(items), call, of);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^application\/x-ndjson/);
  const lines = (await response.text()).trimEnd().split('\n');
  const answers = lines.map((line) => JSON.parse(line) as Answer);
  return answers.sort((one, other) => one.index - other.index);
}

async function refusal(items: readonly unknown[], call?: Call): Promise<[number, string[]]> {
  const response = await send(items, call);
  const problem = (await response.json()) as Schemas['Problem'];
  return [response.status, problem.errors.map(({ path }) => path)];
}

describe('a batch', () => {
  test('answers each request as the request alone is answered', async () => {
    const paths = [
      ME,
      '/api/stats/domains?timeframe=7d',
      '/api/executions?limit=1',
      '/api/executions/0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99',
      '/api/stats/overview?timeframe=nonsense',
      '/api/stats/domains/app.example.com?timeframe=7d&granularity=day',
    ];
    const answers = await batch(paths);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 404, 400, 200],
    );
    for (const [index, answer] of answers.entries()) {
      const alone = await server.call<Record<string, unknown>>(paths[index] ?? '', {
        token: admin,
      });
      const steady = ({ period, requestId, detail, ...rest }: Record<string, unknown>) => rest;
      assert.equal(answer.status, alone.status);
      const body = answer.body as Record<string, unknown>;
      assert.deepEqual(steady(body), steady(alone.body), paths[index]);
      assert.equal(answer.headers['content-type'], alone.headers.get('content-type'));
    }
  });

  test('has the id of each request, and a request id that leads to it in the log', async () => {
    const given = { headers: { 'x-request-id': 'page-42' } };
    const answers = await batch([{ id: 'me', path: ME, method: 'GET' }, OVERVIEW], given);
    assert.deepEqual(
      answers.map(({ index, id }) => [index, id]),
      [
        [0, 'me'],
        [1, undefined],
      ],
    );
    const ids = answers.map(({ headers }) => headers['x-request-id']);
    assert.deepEqual(ids, ['page-42.0', 'page-42.1']);
    const found = logged.filter(({ requestId }) => requestId.startsWith('page-42'));
    assert.deepEqual(
      found.map(({ operation }) => operation).sort(),
      ['auth.me', 'batch.run', 'stats.overview'].sort(),
    );
  });

  test('runs with the token, origin and address of the batch', async () => {
    const { body } = await server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
      token: admin,
      body: { domains: ['app.example.com'], origins: [PORTAL], role: 'viewer' },
    });
    const call = {
      ...{ token: body.token, origin: PORTAL },
      headers: { 'x-forwarded-for': '203.0.113.9', 'x-request-id': 'from-a-page' },
    };
    const [me, overview, users, foreign] = await batch(
      [ME, OVERVIEW, '/api/stats/users', `${OVERVIEW}?domain=shop.example.com`],
      call,
    );
    assert.equal((me?.body as Schemas['Me']).kind, 'embed');
    assert.equal((overview?.body as Schemas['StatsOverview']).requests, 1);
    assert.equal(users?.status, 403);
    assert.deepEqual((users.body as Schemas['Problem']).requiredRoles, [
      ...['admin', 'support', 'executive'],
    ]);
    assert.equal(foreign?.status, 404);
    const own = logged.filter(({ requestId }) => requestId.startsWith('from-a-page'));
    assert.equal(own.length, 5);
    for (const { ip } of own) assert.equal(ip, '203.0.113.9');
    assert.equal(
      (await send([{ path: ME }], { ...call, origin: 'https://evil.example' })).status,
      403,
    );
  });

  test('takes nothing from its body but path and id', async () => {
    for (const more of [
      { headers: { authorization: 'Bearer x' } },
      { body: {} },
      { host: 'evil.example' },
    ]) {
      const [status, paths] = await refusal([{ path: ME }, { path: ME, ...more }]);
      assert.deepEqual([status, paths], [400, [`/requests/1/${Object.keys(more)[0]}`]]);
    }
  });

  test('is for those who read: no ingest key, nobody without a token', async () => {
    const ingest = await server.ingestKey();
    assert.equal((await send([{ path: ME }], { token: ingest })).status, 403);
    assert.equal((await send([{ path: ME }], { token: 'nobody' })).status, 401);
    const viewer = await server.apiKey('viewer');
    const [health, keys] = await batch(['/api/health', '/api/keys'], { token: viewer });
    assert.deepEqual([health?.status, keys?.status], [200, 403]);
  });
});

describe('a batch is refused whole, with the index of', () => {
  const bad: [what: string, path: string][] = [
    ['an absolute address', 'https://evil.example/api/auth/me'],
    ['an address of this server', 'http://127.0.0.1/api/auth/me'],
    ['another host', '//evil.example/api/auth/me'],
    ['another host, with backslashes', '/\\evil.example/api/auth/me'],
    ['backslashes', '/api\\auth\\me'],
    ['a relative path', 'api/auth/me'],
    ['an unknown path', '/api/nothing'],
    ['an unknown version of a path', '/api/auth/me/'],
    ['a page', '/api/docs'],
    ['dot segments', '/api/stats/../auth/me'],
    ['a dot segment', '/api/./auth/me'],
    ['encoded dots', '/api/stats/%2e%2e/auth/me'],
    ['half-encoded dots', '/api/executions/.%2E'],
    ['a dot segment as an id', '/api/conversations/..'],
    ['encoded letters', '/%61pi/auth/me'],
    ['encoded letters of another operation', '/api/conversations/%65xport'],
    ['another one, too', '/api/conversations/%64elete'],
    ['a broken escape', '/api/conversations/%zz'],
    ['a fragment', '/api/auth/me#x'],
    ['a fragment after the query', '/api/stats/overview?timeframe=24h#x'],
    ['a line break', '/api/auth/me\nhost: x'],
    ['a space', '/api/auth/me HTTP/1.1'],
    ['a tab', '/api/\tauth/me'],
    ['two slashes within', '/api//auth/me'],
    ['an encoded slash', '/api%2Fauth/me'],
    ['upper case', '/API/auth/me'],
    ['a query alone', '?timeframe=24h'],
    ['a fragment alone', '#x'],
    ['an operation that has no GET', '/api/auth/login'],
    ['another batch', '/api/batch'],
    ['a live stream', '/api/live'],
    ['a stream of a conversation', '/api/conversations/a/stream'],
    ['a WebSocket', '/api/ws/metrics'],
    ['an export', '/api/executive/export?format=csv'],
    ['an export of a conversation', '/api/conversations/a/export'],
    ['metrics, which are no JSON', '/metrics'],
  ];
  for (const [what, path] of bad) {
    test(`${what}: ${JSON.stringify(path)}`, async () => {
      const before = logged.filter(({ operation }) => operation === 'auth.me').length;
      const [status, paths] = await refusal([{ path: ME }, { path: ME }, { path }]);
      assert.deepEqual([status, paths], [400, ['/requests/2/path']]);
      const now = logged.filter(({ operation }) => operation === 'auth.me').length;
      assert.equal(now, before, 'nothing has run');
    });
  }

  test('another method', async () => {
    for (const method of ['POST', 'DELETE', 'HEAD', 'get']) {
      const found = await refusal([{ path: ME }, { method, path: ME }]);
      assert.deepEqual(found, [400, ['/requests/1/method']]);
    }
  });

  test('all that is wrong, at once', async () => {
    const items = [{ path: '/api/nothing' }, { path: ME }, { path: '/api/live' }];
    assert.deepEqual(await refusal(items), [400, ['/requests/0/path', '/requests/2/path']]);
  });

  test('more than 100, or none', async () => {
    const many = Array.from({ length: 101 }, () => ({ path: ME }));
    assert.deepEqual(await refusal(many), [400, ['/requests']]);
    assert.deepEqual(await refusal([]), [400, ['/requests']]);
    assert.equal((await batch(many.slice(1))).length, 100);
  });
});

test('every GET of the contract that answers JSON can be in a batch, and no other', async () => {
  const { operations } = readDocument();
  for (const { id, method, path, responses } of operations) {
    const types = [...(responses.get(200)?.keys() ?? [])];
    const isJson = types.length > 0 && types.every((type) => type === 'application/json');
    const response = await send([{ path: path.replaceAll(/\{\w+\}/g, 'any') }]);
    const fits = method === 'GET' && isJson && !responses.has(101);
    // A path that GET has as well is that operation's.
    const hasGet = operations.some((one) => one.path === path && one.method === 'GET');
    if (method === 'GET' || !hasGet)
      assert.equal(response.status, fits ? 200 : 400, `${method} ${id}`);
    await response.body?.cancel();
  }
});

test('an id that needs encoding reaches its operation', async () => {
  const odd = `a/b ?#'%2e..`;
  const [answer] = await batch([`/api/stats/domains/${encodeURIComponent(odd)}`]);
  assert.equal(answer?.status, 404);
  assert.equal((answer.body as Schemas['Problem']).detail, 'There is no such domain.');
  // As an id, `..` is encoded twice, like in every other address.
  const [dots] = await batch(['/api/conversations/%252E%252E']);
  assert.equal(dots?.status, 404);
});

describe('the limits of a caller', () => {
  test('count each request, and the batch not besides', async () => {
    const strict = await TestServer.start({ env: { RATE_LIMIT_API: '10' } });
    try {
      const token = await strict.apiKey('viewer');
      const answers = await batch(
        Array.from({ length: 7 }, () => ME),
        { token },
        strict,
      );
      assert.ok(answers.every(({ status }) => status === 200));
      const more = await batch(
        Array.from({ length: 5 }, () => ME),
        { token },
        strict,
      );
      const statuses = more.map(({ status }) => status);
      assert.equal(statuses.filter((status) => status === 200).length, 3);
      assert.equal(statuses.filter((status) => status === 429).length, 2);
      const refused = more.find(({ status }) => status === 429);
      assert.ok(Number(refused?.headers['retry-after']) > 0);
      // Nothing is left: the batch itself is refused.
      assert.equal((await send([{ path: ME }], { token }, strict)).status, 429);
    } finally {
      await strict.close();
    }
  });

  test('count a batch that is refused', async () => {
    const strict = await TestServer.start({ env: { RATE_LIMIT_API: '3' } });
    try {
      const token = await strict.apiKey('viewer');
      const statuses: number[] = [];
      for (let n = 0; n < 4; n++) {
        statuses.push((await send([{ path: '/api/nothing' }], { token }, strict)).status);
      }
      assert.deepEqual(statuses, [400, 400, 400, 429]);
    } finally {
      await strict.close();
    }
  });
});

test('answers come as they are ready, and what has not run when the client goes never runs', async () => {
  const abort = new AbortController();
  const requests = Array.from({ length: 100 }, (_, index) => ({
    path: index === 0 ? '/api/stats/flow?timeframe=90d' : `${OVERVIEW}?timeframe=90d`,
  }));
  const response = await fetch(`${server.url}/api/batch`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', authorization: `Bearer ${admin}` },
      'x-request-id': 'gone-away',
    },
    body: JSON.stringify({ requests }),
    signal: abort.signal,
  });
  const reader = response.body?.getReader();
  const first = new TextDecoder().decode((await reader?.read())?.value);
  assert.match(first, /^\{"index":\d+,/);
  abort.abort();
  const ran = () => logged.filter(({ requestId }) => requestId.startsWith('gone-away.')).length;
  let last = -1;
  await eventually('nothing more runs', async () => {
    const now = ran();
    const isStill = now === last;
    last = now;
    await server.call(OVERVIEW, { token: admin });
    await server.call(OVERVIEW, { token: admin });
    return isStill;
  });
  assert.ok(ran() < 100, `${ran()} ran`);
});
