/** Whatever is asked, valid or not: only documented answers, and none is a fault of ours. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hitCursor, messageCursor } from '../../server/api/conversations-cursor.ts';
import type { Place } from '../../server/store/database/pages.ts';
import {
  Contract,
  CURRENT_VERSION,
  VERSION_HEADER,
  type Schemas,
} from '../../server/contract/index.ts';
import { logsBody } from '../../server/demo/otlp.ts';
import { eventually } from '../support/eventually.ts';
import { isFull, seed } from '../support/effort.ts';
import { REFRESH_TOKEN, type Known } from '../support/fuzz-known.ts';
import { fitting, odd, pathOf, type FuzzRequest } from '../support/fuzz-requests.ts';
import { RawClient, type RawAnswer } from '../support/raw-client.ts';
import { PORTAL, TestServer } from '../support/server.ts';
import { traceOf } from './api/traces.ts';
import { Files, HOUR } from './cleanup/files.ts';

/** The fewest requests of an operation among which one is taken: whatever the seed, or with ours. */
const FEWEST = isFull ? 20 : 10;

const contract = new Contract();
const DOMAINS = ['app.example.com', 'shop.example.com', 'ünïcode.example'];

/** The lists of sums. */
const SUMS = {
  'stats.domains': '/api/stats/domains',
  'stats.models': '/api/stats/models',
  'stats.costs': '/api/stats/costs',
  'stats.errors': '/api/stats/errors',
  'stats.users': '/api/stats/users',
  'stats.latency': '/api/stats/latency',
  'stats.flow': '/api/stats/flow',
  'admin.listErrorGroups': '/api/admin/errors/groups',
} as const;

/** Answers by operation: how many, and how many of them were a success. */
const told = new Map<string, { asked: number; taken: number }>();

let server: TestServer;
let client: RawClient;
let known: Known;
const refreshTokens: string[] = [];

before(async () => {
  server = await TestServer.start({
    env: { METRICS_WITHOUT_KEY: 'local' },
    lockout: { failures: 1_000_000, seconds: 1, accountFailures: 1_000_000 },
  });
  client = new RawClient(server.url);
  known = await fill();
});
after(async () => {
  client.close();
  await server.close();
});

async function fill(): Promise<Known> {
  const token = await server.ingestKey();
  const take = (run: Parameters<typeof traceOf>[0]) =>
    server.call('/v1/traces', { token, body: traceOf(run) });
  const send = (conversation: string) =>
    take({ startedAt: Date.now(), service: DOMAINS[0] ?? '', conversation });
  for (const [index, service] of DOMAINS.entries()) {
    for (let run = 0; run < 4; run++) {
      const startedAt = Date.now() - (index * 10 + run) * 3_600_000;
      await take({ startedAt, service, user: `user-${run}`, failed: run === 0 });
    }
  }
  for (const id of ['one', 'two']) {
    const attributes = { 'event.name': 'auth', 'session.id': id, 'user.email': 'user-1' };
    const items = [{ at: Date.now() - 1_000, event: 'claude_code.auth', attributes }];
    const body = logsBody([{ service: DOMAINS[0] ?? '', scope: 'claude_code', items }]);
    const headers = { 'content-type': 'application/json' };
    await server.call('/v1/logs', { token, headers, body });
  }
  await Files.in(server.dataDir).write('tmp/abandoned/file', 2 * HOUR);
  const admin = await server.login();
  const ask = { token: admin.accessToken };
  const { body: run } = await server.call<Schemas['CleanupRun']>('/api/cleanup/runs', {
    ...ask,
    body: { dryRun: true },
  });
  await eventually('cleanup lists what it found', async () => {
    const answer = await server.call<Schemas['CleanupActionPage']>('/api/cleanup/actions', ask);
    return answer.body.data.length > 0 && answer;
  });
  const asked = async <T>(path: string): Promise<T> => (await server.call<T>(path, ask)).body;
  const errors = await asked<Schemas['LoggedErrorPage']>('/api/admin/errors?timeframe=all&limit=2');
  const groups = await asked<Schemas['ErrorGroupPage']>('/api/admin/errors/groups?timeframe=all');
  // A list of sums: its cursors are good for the same question alone.
  const cursorOf = async (path: string): Promise<string[]> => {
    const { nextCursor } = await asked<{ nextCursor: string | null }>(
      `${path}?timeframe=all&limit=1`,
    );
    return nextCursor === null ? [] : [nextCursor];
  };
  const sessions = await asked<Schemas['CliSessionPage']>('/api/admin/sessions?limit=1');
  const audit = await asked<Schemas['AuditPage']>('/api/admin/audit?limit=2');
  const actionsPath = '/api/cleanup/actions?limit=1';
  const { nextCursor: actionCursor } = await asked<Schemas['CleanupActionPage']>(actionsPath);
  const place = (...position: string[]): { next: Place; previous: null } => ({
    next: { towards: 'next', position, isIncluded: false },
    previous: null,
  });
  const path = '/api/executions?timeframe=all&limit=3';
  const { body: page } = await server.call<Schemas['ExecutionPage']>(path, ask);
  const embed = await server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
    ...ask,
    body: { domains: DOMAINS.slice(0, 1), origins: [PORTAL], expiresIn: 3600 },
  });
  const [domain = ''] = DOMAINS;
  const chats = `/api/conversations?timeframe=all&limit=2&domain=${domain}`;
  const { body: talks } = await server.call<Schemas['ConversationPage']>(chats, ask);
  const chatIds = talks.data.map(({ id }) => id);
  // What is deleted again is told the same.
  const gone = { ids: [`gone`] };
  await send('gone');
  await server.call('/api/conversations/delete', { ...ask, body: gone });
  await take({ startedAt: Date.now(), service: domain, user: 'gone user' });
  const { body: erasure } = await server.call<Schemas['UserErasure']>('/api/users/gone%20user', {
    ...ask,
    method: 'DELETE',
  });
  const keys: string[] = [];
  for (const name of ['to get', 'to rotate', 'to end']) {
    const body = { kind: 'api', name, role: 'viewer' };
    keys.push((await server.call<Schemas['IssuedKey']>('/api/keys', { ...ask, body })).body.id);
  }
  const [keyToGet = '', keyToRotate = '', keyToEnd = ''] = keys;
  const { body: keyPage } = await server.call<Schemas['KeyPage']>('/api/keys?limit=1', ask);
  const { email, password, accessToken } = await server.account('viewer');
  const bearer = (text: string) => [['authorization', `Bearer ${text}`]] as const;
  return {
    callers: {
      admin: bearer(admin.accessToken),
      key: [['x-api-key', await server.apiKey('admin')]],
      ingest: [['x-api-key', token]],
      nobody: [],
      viewer: bearer(accessToken),
      page: [...bearer(embed.body.token), ['origin', PORTAL]],
      'a page elsewhere': [...bearer(embed.body.token), ['origin', 'https://evil.example']],
      forger: bearer('eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'),
      stranger: [['x-api-key', 'nobody knows it']],
      'two at once': [...bearer(admin.accessToken), ['x-api-key', token]],
    },
    login: { email, password },
    domains: DOMAINS,
    users: ['user-0', 'user-1'],
    models: ['gpt-4o'],
    agents: ['support'],
    groups: groups.data.map(({ group }) => group),
    ids: {
      'executions.get': page.data.map(({ id }) => id),
      'admin.getError': errors.data.map(({ id }) => id),
      'cleanup.getRun': [run.id],
      'keys.get': [keyToGet],
      'keys.rotate': [keyToRotate],
      'keys.end': [keyToEnd],
      'users.erase': ['gone user'],
      'users.getErasure': [erasure.id],
      ...Object.fromEntries(
        ['get', 'listMessages', 'stream', 'export', 'setTags', 'addFavorite', 'removeFavorite'].map(
          (verb) => [`conversations.${verb}`, chatIds],
        ),
      ),
      // Its cursor is of this one.
      'conversations.listMessages': chatIds.slice(0, 1),
      'conversations.delete': gone.ids,
    },
    conversationDomain: domain,
    cursors: {
      'executions.list': [page.nextCursor ?? ''],
      'admin.listSessions': [sessions.nextCursor ?? ''],
      'admin.listErrors': [errors.nextCursor ?? ''],
      'admin.listAuditEntries': [audit.nextCursor ?? ''],
      'keys.list': [keyPage.nextCursor ?? ''],
      'cleanup.listActions': actionCursor === null ? [] : [actionCursor],
      'conversations.list': [talks.nextCursor ?? ''],
      'conversations.search': [
        hitCursor.write(place(new Date().toISOString(), domain, 'chat', 'u.0')).nextCursor ?? '',
      ],
      'conversations.listMessages': [
        messageCursor(chatIds[0] ?? '', 'asc').write(place(new Date().toISOString(), 'span', '0'))
          .nextCursor ?? '',
      ],
      ...Object.fromEntries(
        await Promise.all(
          Object.entries(SUMS).map(async ([id, path]) => [id, await cursorOf(path)] as const),
        ),
      ),
    },
  };
}

/** A token is good once: where a request stands for one, it gets one that is. */
async function withTokens(body: Uint8Array | null): Promise<Uint8Array | null> {
  const text = Buffer.from(body ?? []).toString();
  if (!text.includes(REFRESH_TOKEN)) return body;
  const token = refreshTokens.pop() ?? (await server.login(known.login)).refreshToken;
  return Buffer.from(text.replaceAll(REFRESH_TOKEN, token));
}

type Operation = Contract['operations'] extends ReadonlyMap<unknown, infer O> ? O : never;

const UPGRADE = [
  ['connection', 'upgrade'],
  ['upgrade', 'websocket'],
  ['sec-websocket-version', '13'],
  ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
] as const;

async function send(operation: Operation, request: FuzzRequest): Promise<RawAnswer> {
  const upgrade = operation.responses.has(101) ? UPGRADE : [];
  const answer = await client.send({
    method: request.method,
    path: pathOf(operation.path, request),
    headers: [...(known.callers[request.caller] ?? []), ...upgrade, ...request.headers],
    body: await withTokens(request.body),
  });
  if (operation.id === 'auth.refresh' && answer.status === 200) {
    refreshTokens.push((JSON.parse(answer.text) as Schemas['Session']).refreshToken);
  }
  return answer;
}

const operationOf = (path: string, method: string): Operation | undefined =>
  [...contract.operations.values()].find((it) => it.path === path && it.method === method);

/** Fails where an answer is not documented, or a request that fits is refused. */
async function check(operation: Operation, request: FuzzRequest): Promise<void> {
  const count = told.get(operation.id) ?? { asked: 0, taken: 0 };
  told.set(operation.id, count);
  const answer = await send(operation, request);
  const { status, text } = answer;
  count.asked++;
  if (status < 300) count.taken++;
  const faults = server.faults.splice(0);
  const what = `${describe(operation, request)}\n→ ${status} ${text.slice(0, 400)}`;
  assert.deepEqual(faults, [], what);
  assert.ok(status < 500, what);
  // Another path than the operation's, or another method, which may be another operation's: keys are
  // listed where they are created.
  const isElse = request.method !== operation.method || request.path.some(([, it]) => it === '');
  const answering = isElse ? (operationOf(operation.path, request.method) ?? operation) : operation;
  const isDocumented = answering.responses.has(status);
  const ofOthers = request.method === 'HEAD' ? [200, 204, 404, 405] : [204, 404, 405];
  assert.ok(isDocumented || (isElse && ofOthers.includes(status)), what);
  if (request.fits) assert.ok(status < 300, what);
  // An older shape isn't in the contract.
  const isOlder = request.headers.some(
    ([name, version]) => name === VERSION_HEADER && version !== CURRENT_VERSION,
  );
  if (isOlder && status < 300) return;
  if (request.method !== 'HEAD') await checkBody(isDocumented ? answering : null, answer, what);
}

/** Holds what came over the wire against the contract; where it has none an error is a problem. */
async function checkBody(
  operation: Operation | null,
  { status, type, text }: RawAnswer,
  what: string,
): Promise<void> {
  if (status === 101) return;
  if (status >= 400 && type.startsWith('application/problem')) {
    for (const { message } of (JSON.parse(text) as Schemas['Problem']).errors) {
      assert.match(message, /^[^]+\.$/, what);
    }
  }
  const body = status === 204 ? null : text;
  if (operation) {
    const response = new Response(body, { status, headers: { 'content-type': type } });
    const violations: unknown[] = [];
    const checked = await contract.responses.check(operation, response, (it) =>
      violations.push(it),
    );
    // A stream is checked as it is read.
    await checked.text().catch(() => {});
    assert.deepEqual(violations, [], what);
  } else if (status >= 400) {
    assert.match(type, /^application\/problem\+json/, what);
    assert.equal((JSON.parse(text) as Schemas['Problem']).status, status, what);
  } else {
    assert.equal(text, '', what);
  }
}

function describe({ path }: Operation, request: FuzzRequest): string {
  const { method, caller, headers, body } = request;
  const sent = body ? Buffer.from(body.subarray(0, 1000)).toString('latin1') : '';
  return `${method} ${pathOf(path, request)} by ${caller}\n${JSON.stringify(headers)}\n${sent}`;
}

/** The more there is to get wrong the more is tried; a password takes its time by design. */
const runsOf = ({ id, tag, parameters, body }: Operation): number => {
  if (id === 'auth.login') return FEWEST;
  const all = 30 + 20 * parameters.length + (body ? 40 : 0) + (tag === 'otlp' ? 300 : 0);
  return Math.max(FEWEST, isFull ? all : Math.ceil(all / 15));
};

for (const operation of contract.operations.values()) {
  test(`${operation.id}: whatever is asked, the answer is as documented`, async (t) => {
    const requests = fc.oneof(fitting(operation, known), odd(operation, known));
    const property = fc.asyncProperty(requests, (request) => check(operation, request));
    t.diagnostic(`seed ${seed}`);
    await fc.assert(property, { numRuns: runsOf(operation) });
  });
}

test('many of the requests were taken', (t) => {
  const rows = [...told].map(([id, { asked, taken }]) => ({ id, asked, taken }));
  const sum = (of: 'asked' | 'taken'): number => rows.reduce((total, row) => total + row[of], 0);
  for (const { id, asked, taken } of rows) {
    t.diagnostic(`${id}: ${taken} of ${asked} taken`);
    assert.ok(taken > 0, id);
  }
  const share = sum('taken') / sum('asked');
  t.diagnostic(`2xx: ${(share * 100).toFixed(0)} % of ${sum('asked')} requests, seed ${seed}`);
  assert.ok(share > 0.4);
});
