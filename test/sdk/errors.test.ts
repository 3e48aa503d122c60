import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as sdk from '@cloudbrain/sdk';
import { problem, type Reply, startLoopback } from '../support/loopback.ts';

const { APIError, CloudBrain, CloudBrainError } = sdk;

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => error,
  );
}

describe('an answer that says no', () => {
  const classes = {
    400: sdk.BadRequestError,
    401: sdk.AuthenticationError,
    403: sdk.PermissionError,
    404: sdk.NotFoundError,
    409: sdk.ConflictError,
    418: APIError,
    422: sdk.UnprocessableError,
    429: sdk.RateLimitError,
    500: sdk.ServerError,
    599: sdk.ServerError,
  };

  for (const [status, Class] of Object.entries(classes)) {
    test(`of ${status} is a ${Class.name} with all that came`, async (t) => {
      const reply = problem(Number(status), 'This is why.', { 'x-extra': 'yes' });
      const server = await startLoopback(t, () => reply);
      const cb = new CloudBrain({ baseUrl: server.url, maxRetries: 0 });
      const error = await errorOf(cb.executions.get('1'));
      assert.ok(error instanceof Class);
      assert.ok(error instanceof CloudBrainError);
      assert.equal(error.constructor, Class);
      assert.equal(error.name, Class.name);
      assert.equal(error.status, Number(status));
      assert.equal(error.message, `${status} This is why.`);
      assert.equal(error.problem?.detail, 'This is why.');
      assert.equal(error.requestId, `req_${status}`);
      assert.equal(error.headers.get('x-extra'), 'yes');
    });
  }

  test('names the fields and the roles that the server names', async (t) => {
    const message = '`limit` must be at most 200 (got 1000).';
    const errors = [{ in: 'query', path: 'limit', code: 'too_large', message }];
    const server = await startLoopback(t, ({ path }) =>
      path === '/api/cleanup'
        ? problem(403, 'No.', {}, { requiredRoles: ['admin', 'sysops'] })
        : problem(400, 'No.', {}, { errors }),
    );
    const cb = new CloudBrain({ baseUrl: server.url });
    const forbidden = await errorOf(cb.cleanup.status());
    assert.ok(forbidden instanceof sdk.PermissionError);
    assert.deepEqual(forbidden.requiredRoles, ['admin', 'sysops']);
    const malformed = await errorOf(cb.executions.list({ limit: 1000 }));
    assert.ok(malformed instanceof sdk.BadRequestError);
    assert.deepEqual(malformed.problem?.errors, errors);
  });

  test('has a code, and the absolute address of its page', async (t) => {
    const code = 'token_expired';
    const types = {
      '/api/docs/errors/token_expired': (url: string) => `${url}/api/docs/errors/token_expired`,
      'https://cb.example.com/api/docs/errors/token_expired': () =>
        'https://cb.example.com/api/docs/errors/token_expired',
    };
    for (const [type, expected] of Object.entries(types)) {
      const server = await startLoopback(t, () => problem(401, 'No.', {}, { code, type }));
      for (const path of ['', '/below/a/path']) {
        const cb = new CloudBrain({ baseUrl: server.url + path });
        const error = await errorOf(cb.auth.me());
        assert.ok(error instanceof sdk.AuthenticationError);
        assert.equal(error.code, code);
        assert.equal(error.type, expected(server.url + path));
      }
    }
  });

  const odd: Record<string, Reply> = {
    'the page of a proxy': { status: 502, text: '<h1>Bad gateway</h1>' },
    nothing: { status: 502 },
    'other JSON': { status: 502, json: { error: 'upstream' } },
    'broken JSON': { status: 502, text: '{', headers: { 'content-type': 'application/json' } },
  };
  for (const [what, reply] of Object.entries(odd)) {
    test(`and is ${what} is an error without a problem`, async (t) => {
      const server = await startLoopback(t, () => reply);
      const cb = new CloudBrain({ baseUrl: server.url, maxRetries: 0 });
      const error = await errorOf(cb.stats.overview());
      assert.ok(error instanceof sdk.ServerError);
      assert.equal(error.problem, undefined);
      assert.deepEqual([error.code, error.type], [undefined, undefined]);
      assert.equal(error.message, '502 Bad Gateway');
    });
  }

  test('comes back from cb.api as openapi-fetch has it', async (t) => {
    const server = await startLoopback(t, () => problem(404));
    const cb = new CloudBrain({ baseUrl: server.url });
    const { data, error, response } = await cb.api.GET('/api/executions/{id}', {
      params: { path: { id: 'a/b' } },
    });
    assert.equal(data, undefined);
    assert.equal(error.status, 404);
    assert.equal(response.status, 404);
    assert.equal(server.seen[0]?.path, '/api/executions/a%2Fb');
  });
});

describe('health', () => {
  test('that is down is an answer', async (t) => {
    const server = await startLoopback(t, () => ({ status: 503, json: { status: 'down' } }));
    const cb = new CloudBrain({ baseUrl: server.url });
    assert.deepEqual(await cb.health.get(), { status: 'down' });
    assert.equal(server.seen.length, 1);
  });

  test('that nobody can tell is an error', async (t) => {
    const server = await startLoopback(t, () => problem(503));
    await assert.rejects(new CloudBrain({ baseUrl: server.url }).health.get(), sdk.ServerError);
  });
});
