/** Every error: a code that is stable, and a `type` that leads to its page. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { inRoot } from '../../scripts/support/root.ts';
import { compiled } from '../../server/contract/compiled.ts';
import { errorKinds } from '../../server/contract/error-codes.ts';
import { Problem, type Schemas } from '../../server/contract/index.ts';
import { errorTexts } from '../../server/reference/error-texts.ts';
import { fieldErrorTexts } from '../../server/reference/field-error-texts.ts';
import { RawClient } from '../support/raw-client.ts';
import { sendRaw } from '../support/raw-socket.ts';
import { PORTAL, TestServer, type Call } from '../support/server.ts';

type Code = Schemas['ErrorCode'];

const codes = Object.keys(errorKinds) as Code[];
const enumOf = (name: string) => compiled().source.components.schemas[name]?.enum as string[];

let server: TestServer;
before(async () => {
  server = await TestServer.start();
});
after(() => server.close());

describe('the codes', () => {
  test('are those of the contract, each with a status and a page', () => {
    assert.deepEqual(codes, enumOf('ErrorCode'));
    assert.deepEqual(Object.keys(fieldErrorTexts), enumOf('FieldErrorCode'));
    for (const code of [...codes, ...Object.keys(fieldErrorTexts)]) {
      assert.match(code, /^[a-z]+(?:_[a-z]+)*$/);
    }
  });

  test('lead to a page on the server that says what they mean and what to do', async () => {
    for (const code of codes) {
      const { type, title } = new Problem(code, 'No.').toJSON('req_1');
      const address = new URL(type, `${server.url}/api/stats/overview?timeframe=7d`);
      const answer = await fetch(address);
      const page = await answer.text();
      assert.equal(answer.status, 200, code);
      assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
      const { status } = errorKinds[code];
      const { meaning } = errorTexts[code];
      for (const told of [title, code, String(status), 'What to do', 'Does retrying help?']) {
        assert.ok(page.includes(told), `${code}: ${told}`);
      }
      assert.ok(page.includes(meaning.split(/[`']/)[0] ?? ''), code);
    }
    const list = await server.call<string>('/api/docs/errors');
    for (const code of codes) assert.ok(list.body.includes(`href="errors/${code}"`), code);
    assert.equal((await server.call('/api/docs/errors/no_such_code')).status, 404);
  });

  test('are all in docs/errors.md', async () => {
    const text = await readFile(inRoot('docs/errors.md'), 'utf8');
    for (const code of [...codes, ...Object.keys(fieldErrorTexts)]) {
      assert.ok(text.includes(`\`${code}\``), code);
    }
  });
});

describe('an error', () => {
  const cases: [code: Code, path: string, call?: Call][] = [
    ['invalid_parameter', '/api/stats/overview?timeframe=1h'],
    ['invalid_parameter', '/api/stats/timeline?timeframe=all&from=2026-01-01T00:00:00Z'],
    ['invalid_parameter', '/api/executions?cursor=nonsense'],
    ['invalid_body', '/api/cleanup/runs', { body: { dryRun: 'yes' } }],
    ['malformed_body', '/api/cleanup/runs', { body: '{', headers: JSON_TYPE() }],
    ['token_missing', '/api/auth/me', { headers: {} }],
    ['token_malformed', '/api/auth/me', { headers: { authorization: 'Basic x' } }],
    ['token_invalid', '/api/auth/me', { token: 'eyJhbGciOiJub25lIn0.e30.x' }],
    ['unknown_key', '/api/auth/me', { token: 'nobody-knows-it' }],
    [
      'wrong_credentials',
      '/api/auth/login',
      { headers: {}, body: { email: 'a@example.com', password: 'b' } },
    ],
    ['refresh_token_invalid', '/api/auth/refresh', { headers: {}, body: { refreshToken: 'x' } }],
    ['not_found', '/api/executions/0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99'],
    ['domain_not_found', '/api/stats/domains/nobody.example'],
    ['unknown_path', '/api/nothing'],
    ['unknown_path', '/'],
    ['method_not_allowed', '/api/executions', { method: 'PUT' }],
    ['method_not_allowed', '/v1/traces', { method: 'GET' }],
    ['unsupported_media_type', '/api/cleanup/runs', { body: 'x' }],
    [
      'unsupported_encoding',
      '/api/cleanup/runs',
      { body: '{}', headers: { ...JSON_TYPE(), 'content-encoding': 'gzip' } },
    ],
    [
      'unregistered_origin',
      '/api/auth/embed-tokens',
      { body: { domains: ['a'], origins: ['https://evil.example'] } },
    ],
    ['caller_not_allowed', '/v1/traces', { body: {} }],
    ['upgrade_required', '/api/ws/metrics'],
    [
      'body_too_large',
      '/api/auth/login',
      { headers: {}, body: { email: 'x'.repeat(70_000), password: 'x' } },
    ],
  ];

  for (const [code, path, call = {}] of cases) {
    test(`has its code: ${code} of ${call.method ?? (call.body ? 'POST' : 'GET')} ${path}`, async () => {
      const token = (await server.login()).accessToken;
      const isOwn = call.headers && !('content-type' in call.headers);
      const { status, body } = await server.call(path, {
        ...(!isOwn && { token }),
        ...call,
      });
      assert.equal(body.code, code, JSON.stringify(body));
      assert.equal(status, errorKinds[code].status);
      assert.equal(body.title, errorKinds[code].title);
      assert.equal(body.type, `/api/docs/errors/${code}`);
      for (const { message } of body.errors) assert.match(message, /^(?:`|The body ).*\.$/);
      const page = await fetch(new URL(body.type, server.url + path));
      assert.equal(page.status, 200);
    });
  }

  test('of a role, a domain, an origin or a kind of caller has its own code', async () => {
    const viewer = await server.account('viewer', { domains: ['a.example'] });
    const admin = await server.login();
    const key = await server.apiKey('viewer');
    const embed = await server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
      token: admin.accessToken,
      body: { domains: ['a.example'], origins: [PORTAL] },
    });
    const limited = await server.account('admin', { domains: ['a.example'] });
    const codesOf: [string, Code, string, Call][] = [
      ['a role', 'role_required', '/api/admin/audit', { token: viewer.accessToken }],
      [
        'a domain',
        'domain_not_found',
        '/api/stats/overview?domain=b',
        { token: viewer.accessToken },
      ],
      ['all domains', 'whole_workspace_only', '/api/admin/audit', { token: limited.accessToken }],
      [
        'a token that reads',
        'read_only_token',
        '/api/conversations/a/tags',
        { token: embed.body.token, origin: PORTAL, method: 'PUT', body: { tags: [] } },
      ],
      ['a page elsewhere', 'origin_refused', '/api/auth/me', { token: embed.body.token }],
      [
        'a role to give',
        'role_not_grantable',
        '/api/auth/embed-tokens',
        { token: key, body: { domains: ['a'], origins: [PORTAL], role: 'executive' } },
      ],
      [
        'a topic',
        'topic_not_allowed',
        '/api/live?topics=cleanup',
        { token: await server.apiKey('viewer') },
      ],
      [
        'a preflight',
        'origin_refused',
        '/api/auth/me',
        {
          method: 'OPTIONS',
          origin: 'https://evil.example',
          headers: { 'access-control-request-method': 'GET' },
        },
      ],
    ];
    for (const [what, code, path, call] of codesOf) {
      const { body } = await server.call(path, call);
      // An embed token's role is asked for before what it may do.
      const expected =
        what === 'a token that reads' ? ['read_only_token', 'role_required'] : [code];
      assert.ok(expected.includes(body.code), `${what}: ${JSON.stringify(body)}`);
    }
  });

  test('of telemetry in JSON and protobuf is a problem with a code', async () => {
    const token = await server.ingestKey();
    const json = await server.call('/v1/traces', { token, headers: JSON_TYPE(), body: '{' });
    assert.deepEqual([json.status, json.body.code], [400, 'malformed_body']);
    assert.equal(json.body.errors[0]?.code, 'malformed');
    const headers = { 'content-type': 'application/x-protobuf' };
    const bytes = new Uint8Array([255, 255, 255]);
    const proto = await server.call('/v1/logs', { token, headers, body: bytes });
    assert.deepEqual([proto.status, proto.body.code], [400, 'malformed_body']);
    const list = JSON.stringify({ resourceSpans: Array.from({ length: 10_001 }, () => ({})) });
    const large = await server.call('/v1/traces', { token, headers: JSON_TYPE(), body: list });
    assert.deepEqual([large.status, large.body.code], [413, 'body_too_large']);
    assert.equal(large.body.errors[0]?.code, 'over_limit');
  });

  test('of a request that is no HTTP, or too large to read, is a problem too', async () => {
    const problemOf = (answer: string): Schemas['Problem'] => {
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      assert.match(head, /content-type: application\/problem\+json/i, answer);
      assert.match(head, /x-request-id: req_/i);
      return JSON.parse(body) as Schemas['Problem'];
    };
    const large = problemOf(
      await sendRaw(server.url, ['GET / HTTP/1.1', 'Host: x', `X-Large: ${'x'.repeat(20_000)}`]),
    );
    assert.deepEqual([large.status, large.code], [431, 'headers_too_large']);
    const broken = problemOf(await sendRaw(server.url, ['nonsense']));
    assert.deepEqual([broken.status, broken.code], [400, 'malformed_request']);
    const host = problemOf(await sendRaw(server.url, ['GET / HTTP/1.1', 'Host: a b']));
    assert.equal(host.code, 'malformed_request');
  });

  test('of too many requests, and of a handshake, has a code', async (t) => {
    const limited = await TestServer.start({ env: { RATE_LIMIT_ANONYMOUS: '1' } });
    t.after(() => limited.close());
    await limited.call('/api/auth/me');
    assert.equal((await limited.call('/api/auth/me')).body.code, 'rate_limited');
    const client = new RawClient(limited.url);
    const answer = await client.send({
      method: 'GET',
      path: '/api/ws/metrics',
      headers: [
        ['connection', 'upgrade'],
        ['upgrade', 'websocket'],
      ],
      body: null,
    });
    client.close();
    assert.match((JSON.parse(answer.text) as Schemas['Problem']).code, /^[a-z_]+$/);
  });

  test('of the service itself has a code, and says nothing of its cause', async (t) => {
    const broken = await TestServer.start({
      pages: (app) =>
        void app.get('/broken', () => {
          throw new Error('select password from accounts');
        }),
    });
    t.after(async () => {
      broken.faults.splice(0);
      await broken.close();
    });
    const { status, body } = await broken.call('/broken');
    assert.deepEqual([status, body.code], [500, 'internal_error']);
    assert.ok(!JSON.stringify(body).includes('password'));
  });

  test('leads to the public address where the server knows it', async (t) => {
    const named = await TestServer.start({ env: { PUBLIC_URL: 'https://cb.example.com/below/' } });
    t.after(() => named.close());
    for (const path of ['/api/auth/me', '/api/nothing', '/api/docs/errors/none']) {
      const { body } = await named.call(path);
      assert.equal(body.type, `https://cb.example.com/below/api/docs/errors/${body.code}`);
    }
    const raw = await sendRaw(named.url, ['nonsense']);
    assert.match(raw, /"type":"https:\/\/cb\.example\.com\/below\/api\/docs\/errors\//);
  });
});

function JSON_TYPE(): Record<string, string> {
  return { 'content-type': 'application/json' };
}
