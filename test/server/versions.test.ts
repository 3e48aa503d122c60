/** The header `CloudBrain-Version`, in requests and answers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { bearer, CloudBrain } from '@cloudbrain/sdk';
import WebSocket from 'ws';
import { sendRaw } from '../support/raw-socket.ts';
import { PORTAL, TestServer } from '../support/server.ts';
import { traceOf } from './api/traces.ts';

const HEADER = 'CloudBrain-Version';
const CURRENT = '2026-12-01';
const OLDER = '2026-11-01';

let server: TestServer;
let token: string;
before(async () => {
  server = await TestServer.start();
  ({ accessToken: token } = await server.login());
});
after(() => server.close());

const pinned = (version: string) => ({ token, headers: { [HEADER]: version } });

describe('every answer names its version', () => {
  const PATHS: readonly (readonly [path: string, status: number])[] = [
    ['/api/stats/models', 200],
    ['/api/auth/me', 200],
    ['/api/executive/export?format=csv', 200],
    ['/api/stats/models?limit=x', 400],
    ['/api/executions/0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99', 404],
    ['/api/nothing', 404],
    ['/api/health/live', 200],
  ];
  for (const [path, expected] of PATHS) {
    it(`${path}: ${expected}`, async () => {
      for (const version of [CURRENT, OLDER]) {
        const { status, headers } = await server.call(path, pinned(version));
        assert.deepEqual([status, headers.get(HEADER)], [expected, version]);
      }
      const { headers } = await server.call(path, { token });
      assert.equal(headers.get(HEADER), CURRENT);
    });
  }

  it('without a token, and of ingest', async () => {
    const refused = await server.call('/api/stats/models', { headers: { [HEADER]: OLDER } });
    assert.deepEqual([refused.status, refused.headers.get(HEADER)], [401, OLDER]);
    const ingest = await server.ingestKey();
    const body = traceOf({ startedAt: Date.now() });
    const taken = await server.call('/v1/traces', { token: ingest, body });
    assert.deepEqual([taken.status, taken.headers.get(HEADER)], [200, CURRENT]);
  });

  it('of a stream', async () => {
    const headers = { authorization: `Bearer ${token}`, [HEADER]: OLDER };
    const leave = new AbortController();
    const { signal } = leave;
    const response = await fetch(`${server.url}/api/live?topics=stats`, { headers, signal });
    assert.equal(response.headers.get('content-type')?.split(';')[0], 'text/event-stream');
    assert.equal(response.headers.get(HEADER), OLDER);
    leave.abort();
  });

  it('of a HEAD request', async () => {
    const { status, headers } = await server.call('/api/stats/models', {
      ...{ token, method: 'HEAD', headers: { [HEADER]: OLDER } },
    });
    assert.deepEqual([status, headers.get(HEADER)], [200, OLDER]);
  });

  it('of a WebSocket', async () => {
    const url = `${server.url.replace('http', 'ws')}/api/ws/metrics`;
    for (const version of [undefined, OLDER]) {
      const headers = { authorization: `Bearer ${token}`, ...(version && { [HEADER]: version }) };
      const socket = new WebSocket(url, 'cloudbrain.v1', { headers });
      const [answer] = (await once(socket, 'upgrade')) as [{ headers: Record<string, string> }];
      assert.equal(answer.headers[HEADER.toLowerCase()], version ?? CURRENT);
      socket.terminate();
    }
    const refused = new WebSocket(url, 'cloudbrain.v1', {
      headers: { authorization: `Bearer ${token}`, [HEADER]: '2030-01-01' },
    });
    refused.on('error', () => {});
    const [, answer] = (await once(refused, 'unexpected-response')) as [
      unknown,
      { statusCode: number },
    ];
    assert.equal(answer.statusCode, 400);
    refused.terminate();
  });

  it('to what is not HTTP', async () => {
    const answer = await sendRaw(server.url, ['nonsense']);
    assert.match(answer, new RegExp(`^${HEADER}: ${CURRENT}\r$`, 'im'));
  });

  it('to pages of other origins, which may send and read the header', async () => {
    const preflight = await server.call('/api/stats/models', {
      method: 'OPTIONS',
      origin: PORTAL,
      headers: { 'access-control-request-method': 'GET' },
    });
    const allowed = preflight.headers.get('access-control-allow-headers')?.split(', ');
    assert.ok(allowed?.includes(HEADER));
    const { headers } = await server.call('/api/stats/models', {
      ...pinned(OLDER),
      origin: PORTAL,
    });
    assert.ok(headers.get('access-control-expose-headers')?.split(', ').includes(HEADER));
  });

  it('to the SDK, which pins the current one', async () => {
    const cb = new CloudBrain({ baseUrl: server.url, auth: bearer(token) });
    const { response } = await cb.auth.me().withResponse();
    assert.equal(response.headers.get(HEADER), CURRENT);
  });

  it('and caches keep versions apart', async () => {
    const { headers } = await server.call('/api/stats/models', pinned(OLDER));
    assert.ok(headers.get('vary')?.split(', ').includes(HEADER), headers.get('vary') ?? '');
  });
});

describe('a version that is not served', () => {
  const UNKNOWN = ['2026-11-15', '2026-10-01', '2030-01-01', '0000-00-00'];
  const MALFORMED = [
    '',
    'latest',
    '1',
    '2026-12',
    '2026-12-01T00:00:00Z',
    `${CURRENT}, ${CURRENT}`,
  ];
  for (const [versions, fault] of [
    [UNKNOWN, 'not_one_of'],
    [MALFORMED, 'wrong_format'],
  ] as const) {
    for (const version of versions) {
      it(`'${version}' is refused`, async () => {
        for (const path of ['/api/stats/models', '/api/auth/me', '/api/nothing', '/v1/traces']) {
          const { status, headers, body } = await server.call(path, pinned(version));
          assert.deepEqual([status, body.code], [400, 'unknown_version'], path);
          assert.equal(headers.get('content-type'), 'application/problem+json');
          const [error] = body.errors;
          assert.deepEqual([error?.in, error?.path, error?.code], ['header', HEADER, fault]);
          assert.ok(body.detail.includes(CURRENT) && body.detail.includes(OLDER), body.detail);
          assert.equal(headers.get(HEADER), CURRENT);
        }
      });
    }
  }

  it('is refused where the header comes twice', async () => {
    const headers = { authorization: `Bearer ${token}`, [HEADER]: [CURRENT, OLDER] };
    const sent = request(`${server.url}/api/stats/models`, { headers });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [{ statusCode: number; resume: () => void }];
    answer.resume();
    assert.equal(answer.statusCode, 400);
  });

  it('is no matter of how the name of the header is written', async () => {
    for (const name of ['cloudbrain-version', 'CLOUDBRAIN-VERSION']) {
      const headers = { [name]: OLDER };
      const answer = await server.call('/api/stats/models', { token, headers });
      assert.deepEqual([answer.status, answer.headers.get(HEADER)], [200, OLDER]);
    }
  });
});
