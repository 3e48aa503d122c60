/** The dashboard's figures of agents, counted by hand from what was sent. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Schemas } from '../../../server/contract/index.ts';
import { logsBody, tracesBody, type Attributes, type Span } from '../../../server/demo/otlp.ts';
import { TestServer } from '../../support/server.ts';
import { traceOf } from '../api/traces.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Where everybody's today began an hour ago, or at most two: whole hours make no difference. */
function zoneWithYoungDay(now: number): string {
  const hour = new Date(now).getUTCHours();
  // Etc/GMT-3 is three hours ahead of UTC.
  const ahead = (24 - hour + 1) % 24;
  return ahead <= 12 ? `Etc/GMT-${ahead}` : `Etc/GMT+${24 - ahead}`;
}

const now = Date.now();
let server: TestServer;
let admin: string;
let limited: string;
let ingest: string;

const get = async <T>(path: string, token = admin): Promise<T> => {
  const { status, body } = await server.call<T>(path, { token });
  assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
  return body;
};

async function post(path: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const { status } = await server.call(path, { token: ingest, headers, body });
  assert.equal(status, 200);
}

let sequence = 0;

/** A failing span, alone in its trace. */
function failing(at: number, type: string, message: string, attributes: Attributes = {}): Span {
  const id = (++sequence).toString(16);
  return {
    traceId: id.padStart(32, 'e'),
    spanId: id.padStart(16, 'e'),
    name: 'chat gpt-4o',
    start: at - 1_000,
    end: at,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.provider.name': 'openai',
      ...attributes,
    },
    error: [type, message],
  };
}

const sendSpans = (service: string, ...items: Span[]) =>
  post('/v1/traces', tracesBody([{ service, scope: 'gen_ai', items }]));

/** Events of a Claude Code session: its name, and how long ago each was. */
const sendSession = (
  id: string,
  service: string,
  events: readonly (readonly [ago: number, name: string, more?: Attributes])[],
) =>
  post(
    '/v1/logs',
    logsBody([
      {
        service,
        scope: 'com.anthropic.claude_code.events',
        items: events.map(([ago, name, more]) => ({
          at: now - ago,
          event: `claude_code.${name}`,
          attributes: {
            'event.name': name,
            'session.id': id,
            'user.email': `${id}@example.com`,
            ...(name === 'auth' ? {} : { 'prompt.id': 'p' }),
            ...more,
          },
        })),
      },
    ]),
  );

const reply: Attributes = {
  model: 'claude-sonnet-4-5',
  request_id: 'r1',
  input_tokens: 5,
  output_tokens: 5,
};

before(async () => {
  server = await TestServer.start();
  admin = await server.apiKey('admin');
  limited = await server.apiKey('admin', { domains: ['shop.example.com'] });
  ingest = await server.ingestKey();
  const run = (ago: number, user: string, more: object = {}) =>
    server.call('/v1/traces', {
      token: ingest,
      body: traceOf({ startedAt: now - ago, user, ...more }),
    });
  // Seven days ago there were two users; since then came another two.
  await run(15 * DAY, 'ada');
  await run(8 * DAY, 'grace');
  await run(3 * DAY, 'edsger');
  await run(20 * MINUTE, 'ada', { service: 'shop.example.com' });
  await run(30 * MINUTE, 'hedy', { failed: true, model: 'claude-sonnet-4-5' });
  await run(40 * MINUTE, 'hedy');
  await run(23 * HOUR + 30 * MINUTE, 'hedy');
  await run(25 * HOUR, 'hedy', { failed: true });

  // One that goes on, one that never asked, one that nobody answered, one that was aborted.
  const shop = 'shop.example.com';
  await sendSession('live', 'app.example.com', [
    [10 * MINUTE, 'auth'],
    [9 * MINUTE, 'user_prompt'],
    [2 * MINUTE, 'api_request', reply],
    [1 * MINUTE, 'tool_decision', { decision: 'accept', source: 'config' }],
  ]);
  await sendSession('left', 'app.example.com', [[3 * HOUR, 'auth']]);
  await sendSession('unanswered', 'app.example.com', [
    [2 * HOUR, 'auth'],
    [2 * HOUR - 1_000, 'user_prompt'],
  ]);
  await sendSession('aborted', shop, [
    [2 * HOUR, 'user_prompt'],
    [2 * HOUR - 2_000, 'api_error', { error: 'Overloaded', status_code: 529, duration_ms: 1_000 }],
    [2 * HOUR - 2_001, 'api_retries_exhausted', { error: 'Overloaded', status_code: 529 }],
  ]);
  await sendSession('done', shop, [
    [HOUR, 'user_prompt'],
    [HOUR - 5_000, 'api_request', { ...reply, request_id: 'r2' }],
  ]);
});
after(() => server.close());

describe('the numbers at the top', () => {
  const stats = (query = '', token = admin) =>
    get<Schemas['AdminStats']>(`/api/admin/dashboard/stats${query}`, token);

  it('count users, and how many more there are than seven days ago', async () => {
    // ada, grace | edsger, hedy, and the sessions' five, of whom three made requests.
    const { users } = await stats();
    assert.deepEqual(users, { total: 7, new7d: 5, growth: 5 / 2 });
    const shop = await stats('', limited);
    assert.deepEqual(shop.users, { total: 3, new7d: 3, growth: null });
    assert.deepEqual(
      shop.unavailable.map(({ path }) => path),
      ['users.growth'],
    );
    assert.match(shop.unavailable[0]?.reason ?? '', /The data starts at/);
  });

  it("count executions of today in the reader's zone", async () => {
    const zone = zoneWithYoungDay(now);
    const { executionsToday, timezone } = await stats(`?timezone=${encodeURIComponent(zone)}`);
    assert.equal(timezone, zone);
    // Today is between one and two hours old: three runs, and the turns of two sessions.
    const expected = { total: 5, completed: 3, failed: 1, running: 1, abandoned: 0 };
    assert.deepEqual(executionsToday, expected);
  });

  it('tell how many of the last 24 hours succeeded, and what to think of it', async () => {
    const { success } = await stats();
    // Four runs, one of which failed; the session that was aborted; done's and left alone.
    assert.deepEqual(success, { rate: 4 / 6, completed: 4, failed: 2, band: 'warning' });
    const shop = await stats('', limited);
    assert.deepEqual(shop.success, { rate: 2 / 3, completed: 2, failed: 1, band: 'warning' });
  });

  it('tell which models were used', async () => {
    const { models, otherModels } = await stats();
    // gpt-4o by four runs, and once by a failure below; claude by a run and three sessions' calls.
    assert.deepEqual(models, [
      { model: 'claude-sonnet-4-5', requests: 3, share: 3 / 7 },
      { model: 'gpt-4o', requests: 3, share: 3 / 7 },
      { model: 'unknown', requests: 1, share: 1 / 7 },
    ]);
    assert.deepEqual(otherModels, { requests: 0, share: 0 });
  });

  it('count sessions that go on, and errors of the last hour', async () => {
    const { sessions, errors } = await stats();
    assert.equal(sessions.active, 1);
    // Hedy's call, half an hour ago.
    assert.deepEqual(errors, {
      total: 1,
      bySeverity: { warning: 0, error: 1, critical: 0 },
      byType: [{ type: 'rate_limit', count: 1, severity: 'error' }],
    });
    assert.equal((await stats('', limited)).sessions.active, 0);
  });

  it('are for admins and support alone', async () => {
    for (const role of ['viewer', 'developer', 'sysops', 'executive'] as const) {
      const token = await server.apiKey(role);
      const { status, body } = await server.call('/api/admin/dashboard/stats', { token });
      assert.equal(status, 403);
      assert.deepEqual(body.requiredRoles, ['admin', 'support']);
    }
    const token = await server.apiKey('support');
    assert.equal((await server.call('/api/admin/dashboard/stats', { token })).status, 200);
    const zone = await server.call('/api/admin/dashboard/stats?timezone=Mars/Olympus', { token });
    assert.deepEqual([zone.status, zone.body.errors[0]?.path], [400, 'timezone']);
  });
});

describe('sessions of command lines', () => {
  const telemetry = (query = '', token = admin) =>
    get<Schemas['AdminTelemetry']>(`/api/admin/dashboard/telemetry${query}`, token);
  const sessions = (query = '', token = admin) =>
    get<Schemas['CliSessionPage']>(`/api/admin/sessions${query}`, token);

  it('go from state to state, and drop off', async () => {
    const { sessions: all, transitions, states } = await telemetry();
    assert.deepEqual(all, { total: 5, active: 1, aborted: 1, abortedShare: 0.2 });
    const moves = transitions.map(({ from, to, count }) => `${from}>${to} ${count}`);
    assert.deepEqual(moves, [
      'IDLE>AUTH 5',
      'AUTH>CONTEXT 4',
      'CONTEXT>API 3',
      'API>TOOL 1',
      'API>ABORTED 1',
      // Half an hour of silence after an answer.
      'API>DONE 1',
    ]);
    assert.ok(states.every(({ waiting }) => waiting === 0));
    const told = states.map(({ state, reached, last, active, dropped }) => [
      state,
      reached,
      last,
      active,
      dropped,
    ]);
    assert.deepEqual(told, [
      ['IDLE', 5, 0, 0, 0],
      ['AUTH', 5, 1, 0, 1],
      ['CONTEXT', 4, 1, 0, 1],
      ['API', 3, 0, 0, 0],
      ['TOOL', 1, 1, 1, 0],
      ['ERROR_RECOVERY', 0, 0, 0, 0],
      ['ABORTED', 1, 1, 0, 1],
      ['DONE', 1, 1, 0, 0],
    ]);
    assert.equal(states[2]?.dropOff, 1 / 4);
    assert.equal(states[5]?.dropOff, null);
  });

  it('are counted by domain, and in the period alone', async () => {
    const shop = await telemetry('', limited);
    assert.deepEqual(shop.sessions, { total: 2, active: 0, aborted: 1, abortedShare: 0.5 });
    const from = new Date(now - 150 * MINUTE).toISOString();
    const to = new Date(now - 90 * MINUTE).toISOString();
    const some = await telemetry(`?from=${from}&to=${to}`);
    assert.equal(some.sessions.total, 2);
    assert.deepEqual(
      some.transitions.map(({ from: a, to: b, count }) => `${a}>${b} ${count}`),
      ['IDLE>AUTH 2', 'AUTH>CONTEXT 2', 'CONTEXT>API 1', 'API>ABORTED 1'],
    );
    const none = await telemetry('?from=2016-01-01T00:00:00Z&to=2016-01-02T00:00:00Z');
    assert.deepEqual(none.sessions, { total: 0, active: 0, aborted: 0, abortedShare: null });
    assert.deepEqual(none.transitions, []);
  });

  it('are listed newest first, page by page', async () => {
    const { data, nextCursor } = await sessions('?limit=3');
    assert.deepEqual(
      data.map(({ sessionId }) => sessionId),
      ['live', 'done', 'aborted'],
    );
    const rest = await sessions(`?limit=3&cursor=${nextCursor ?? ''}`);
    assert.deepEqual(
      rest.data.map(({ sessionId }) => sessionId),
      ['unanswered', 'left'],
    );
    assert.equal(rest.nextCursor, null);
    const [first] = data;
    assert.deepEqual(
      [first?.client, first?.state, first?.user, first?.turns, first?.requests, first?.transitions],
      ['claude-code', 'TOOL', 'live@example.com', 1, 1, 4],
    );
    assert.deepEqual(
      first?.recentTransitions.map(({ from, to, event }) => [from, to, event]),
      [
        ['IDLE', 'AUTH', 'claude_code.auth'],
        ['AUTH', 'CONTEXT', 'claude_code.user_prompt'],
        ['CONTEXT', 'API', 'claude_code.api_request'],
        ['API', 'TOOL', 'claude_code.tool_decision'],
      ],
    );
  });

  it('are filtered', async () => {
    const ids = async (query: string, token = admin) =>
      (await sessions(query, token)).data.map(({ sessionId }) => sessionId);
    assert.deepEqual(await ids('?active=true'), ['live']);
    assert.equal((await ids('?active=false')).length, 4);
    assert.deepEqual(await ids('?state=ABORTED'), ['aborted']);
    assert.deepEqual(await ids('?user=left@example.com'), ['left']);
    assert.deepEqual(await ids('?client=codex'), []);
    assert.deepEqual(await ids('', limited), ['done', 'aborted']);
    const { status } = await server.call('/api/admin/sessions?domain=app.example.com', {
      token: limited,
    });
    assert.equal(status, 404);
  });

  it('that go on are listed whenever they began', async () => {
    await sendSession('long', 'app.example.com', [
      [26 * HOUR, 'user_prompt'],
      [MINUTE, 'api_request', { ...reply, request_id: 'r3' }],
    ]);
    const ids = async (query: string) =>
      (await sessions(query)).data.map(({ sessionId }) => sessionId);
    assert.deepEqual(await ids('?active=true'), ['live', 'long']);
    assert.deepEqual(await ids('?active=true&timeframe=24h'), ['live']);
    assert.ok(!(await ids('')).includes('long'));
    const { sessions: told } = await get<Schemas['AdminStats']>('/api/admin/dashboard/stats');
    assert.equal(told.active, 2);
  });
});

describe('errors', () => {
  const list = (query = '', token = admin) =>
    get<Schemas['LoggedErrorPage']>(`/api/admin/errors${query}`, token);
  const groups = (query = '', token = admin) =>
    get<Schemas['ErrorGroupPage']>(`/api/admin/errors/groups${query}`, token);
  const stack = 'Error: object 17 is gone\n    at save (store.ts:3:1)';

  before(async () => {
    const at = now - 3 * DAY;
    await sendSpans(
      'app.example.com',
      failing(at, 'MODEL_TIMEOUT', 'No response within 60 s'),
      failing(at + 1_000, 'MODEL_TIMEOUT', 'No response within 90 s'),
      failing(at + 2_000, 'AUTH_FAILED', 'The key is refused'),
    );
    await sendSpans(
      'shop.example.com',
      failing(at + 3_000, 'MODEL_TIMEOUT', 'No response within 9 s'),
    );
    const span = failing(now - 5 * MINUTE, 'DO_WRITE_FAILED', 'object 17 is gone');
    const [resource] = (
      JSON.parse(tracesBody([{ service: 'app.example.com', scope: 'gen_ai', items: [span] }])) as {
        resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[];
      }
    ).resourceSpans;
    const [sent] = resource?.scopeSpans[0]?.spans ?? [];
    const attribute = { key: 'exception.stacktrace', value: { stringValue: stack } };
    if (sent) sent.events = [{ name: 'exception', timeUnixNano: '1', attributes: [attribute] }];
    await post('/v1/traces', JSON.stringify({ resourceSpans: [resource] }));
  });

  it('are those of the last hour, if nothing else is asked for', async () => {
    const { data } = await list();
    assert.deepEqual(
      data.map(({ type, severity }) => [type, severity]),
      [
        ['DO_WRITE_FAILED', 'critical'],
        ['rate_limit', 'error'],
      ],
    );
  });

  it('are filtered by severity, type, group, domain and period', async () => {
    const types = async (query: string, token = admin) =>
      (await list(query, token)).data.map(({ type }) => type);
    const week = '?timeframe=7d';
    assert.deepEqual(await types(`${week}&severity=critical`), [
      'DO_WRITE_FAILED',
      '529',
      'AUTH_FAILED',
    ]);
    assert.deepEqual(await types(`${week}&type=MODEL_TIMEOUT`), Array(3).fill('MODEL_TIMEOUT'));
    assert.deepEqual(await types(`${week}&type=MODEL_TIMEOUT`, limited), ['MODEL_TIMEOUT']);
    const [group] = (await groups(week)).data;
    assert.deepEqual(
      await types(`${week}&group=${group?.group ?? ''}`),
      Array(3).fill('MODEL_TIMEOUT'),
    );
    const from = new Date(now - 3 * DAY + 500).toISOString();
    const to = new Date(now - 3 * DAY + 2_500).toISOString();
    assert.deepEqual(await types(`?from=${from}&to=${to}`), ['AUTH_FAILED', 'MODEL_TIMEOUT']);
  });

  it('come page by page', async () => {
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const cursor: string = next && `&cursor=${next}`;
      const page: Schemas['LoggedErrorPage'] = await list(`?timeframe=7d&limit=2${cursor}`);
      seen.push(...page.data.map(({ id }) => id));
      next = page.nextCursor;
    }
    // Four timeouts and refusals, one lost write, Hedy's two, and the aborted session's two.
    assert.equal(seen.length, 9);
    assert.equal(new Set(seen).size, 9);
    const { status, body } = await server.call('/api/admin/errors?cursor=x', { token: admin });
    assert.deepEqual([status, body.errors[0]?.path], [400, 'cursor']);
  });

  it('and sessions are led to by no cursor that somebody else was given', async () => {
    for (const path of ['/api/admin/errors?timeframe=7d&limit=1', '/api/admin/sessions?limit=1']) {
      const { nextCursor } = await get<Schemas['LoggedErrorPage']>(path);
      const page = await get<{ data: { domain: string }[] }>(
        `${path}&limit=1&cursor=${nextCursor ?? ''}`.replace('limit=1&', ''),
        limited,
      );
      assert.ok(page.data.every(({ domain }) => domain === 'shop.example.com'));
      const workspaceId = await server.tenancy.createWorkspace('Other');
      const theirs = await server.apiKey('admin', { workspaceId });
      const none = await get<{ data: unknown[] }>(`${path}&cursor=${nextCursor ?? ''}`, theirs);
      assert.deepEqual(none.data, []);
    }
  });

  it('are one group where type and message are alike', async () => {
    const { count, errors, data: all } = await groups('?timeframe=7d');
    assert.deepEqual([count, errors], [{ value: 5, isExact: true }, 9]);
    const [first] = all;
    assert.deepEqual(
      { ...first, group: '', sampleId: '' },
      {
        group: '',
        type: 'MODEL_TIMEOUT',
        pattern: 'No response within <n> s',
        count: 3,
        severity: 'warning',
        firstSeenAt: new Date(now - 3 * DAY).toISOString(),
        lastSeenAt: new Date(now - 3 * DAY + 3_000).toISOString(),
        sampleId: '',
      },
    );
    const sample = await get<Schemas['LoggedErrorDetail']>(
      `/api/admin/errors/${first?.sampleId ?? ''}`,
    );
    assert.equal(sample.message, 'No response within 9 s');
    // The mildest of it was an error, the worst critical.
    const exhausted = all.find(({ type }) => type === '529');
    assert.deepEqual([exhausted?.count, exhausted?.severity], [2, 'critical']);
    const critical = await groups('?timeframe=7d&severity=critical');
    assert.deepEqual([critical.count.value, critical.errors], [3, 3]);
    assert.equal((await groups('?timeframe=7d&limit=2')).data.length, 2);
    const shop = await groups('?timeframe=7d', limited);
    assert.deepEqual(shop.data.map(({ type, count }) => [type, count]).sort(), [
      ['529', 2],
      ['MODEL_TIMEOUT', 1],
    ]);
  });

  it('have their whole stack, one by one', async () => {
    const { data } = await list('?type=DO_WRITE_FAILED');
    const [listed] = data;
    assert.equal(listed?.hasStack, true);
    const error = await get<Schemas['LoggedErrorDetail']>(`/api/admin/errors/${listed.id}`);
    assert.deepEqual(
      [error.stack, error.provider, error.spanId],
      [stack, 'openai', 'eeeeeeeeeeeeeee5'],
    );
    const call = { token: limited };
    const { status, body } = await server.call(`/api/admin/errors/${error.id}`, call);
    assert.deepEqual([status, body.detail], [404, 'There is no such error.']);
  });

  it('are told to those who watch, when they are new', async () => {
    const { data } = await list('?type=DO_WRITE_FAILED');
    const rows = await server.store.query(
      `select payload from live_events where topic = 'errors' and payload->'error'->>'id' = $1`,
      [data[0]?.id],
    );
    assert.ok(rows.rows.length > 0);
    const payload = rows.rows[0]?.payload as Schemas['LiveFailure']['data'];
    assert.equal(payload.deleted, false);
    assert.equal(payload.error.hasStack, true);
    const text = JSON.stringify(rows.rows);
    assert.ok(!text.includes('"stack"') && !text.includes('store.ts'), text);
  });
});
