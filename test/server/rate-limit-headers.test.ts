import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PORTAL, TestServer } from '../support/server.ts';

/** What is left, of how many, by an answer's headers. */
function budgetOf({ headers }: { headers: Headers }) {
  const policy = /^"(\w+)";q=(\d+);w=(\d+)$/.exec(headers.get('ratelimit-policy') ?? '');
  const limit = /^"(\w+)";r=(\d+);t=(\d+)$/.exec(headers.get('ratelimit') ?? '');
  assert.ok(policy && limit, `${headers.get('ratelimit-policy')} | ${headers.get('ratelimit')}`);
  assert.equal(limit[1], policy[1], 'both name one limit');
  const [of, window, left, seconds] = [policy[2], policy[3], limit[2], limit[3]].map(Number);
  assert.equal(window, 60);
  assert.ok(seconds !== undefined && seconds >= 1 && seconds <= 60, `${seconds} s`);
  return [policy[1], left, of] as const;
}

describe('an answer reports its rate limit', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.start({
      env: {
        RATE_LIMIT_API: '4',
        RATE_LIMIT_LOGIN: '3',
        RATE_LIMIT_INGEST: '5',
        RATE_LIMIT_ANONYMOUS: '9',
      },
    });
  });
  after(() => server.close());

  test('of its token, whatever it asks and whatever comes of it', async () => {
    const token = await server.apiKey('viewer');
    const paths = ['/api/auth/me', '/api/stats/overview?from=never', '/api/executions/nothing'];
    const answers = [];
    for (const path of paths) answers.push(await server.call(path, { token }));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 400, 400],
    );
    assert.deepEqual(answers.map(budgetOf), [
      ['api', 3, 4],
      ['api', 2, 4],
      ['api', 1, 4],
    ]);
    const forbidden = await server.call('/api/admin/audit', { token });
    assert.equal(forbidden.status, 403);
    assert.deepEqual(budgetOf(forbidden), ['api', 0, 4]);
    const refused = await server.call('/api/auth/me', { token });
    assert.equal(refused.status, 429);
    assert.deepEqual(budgetOf(refused), ['api', 0, 4]);
  });

  test('of its network, where it has no token', async () => {
    assert.deepEqual(budgetOf(await server.call('/api/health')), ['anonymous', 8, 9]);
    const wrong = await server.call('/api/auth/me', { token: 'wrong' });
    assert.deepEqual(budgetOf(wrong), ['anonymous', 7, 9]);
    const body = { email: 'nobody@example.com', password: 'x' };
    assert.deepEqual(budgetOf(await server.call('/api/auth/login', { body })), ['login', 2, 3]);
  });

  test('of ingest, as exporters get it', async () => {
    const token = await server.ingestKey();
    const sent = await server.call('/v1/traces', { token, body: { resourceSpans: [] } });
    assert.deepEqual(budgetOf(sent), ['ingest', 4, 5]);
  });

  test('to pages of other origins as well', async () => {
    const token = await server.apiKey('viewer');
    const answer = await server.call('/api/auth/me', { token, origin: PORTAL });
    const exposed = answer.headers.get('access-control-expose-headers') ?? '';
    assert.ok(exposed.split(', ').includes('RateLimit'), exposed);
    assert.ok(exposed.split(', ').includes('RateLimit-Policy'), exposed);
  });
});
