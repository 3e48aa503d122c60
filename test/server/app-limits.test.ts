import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { Limits } from '../../server/auth/limits.ts';
import { Problem } from '../../server/contract/index.ts';
import { connectRedis } from '../../server/store/database/redis.ts';
import { eventually } from '../support/eventually.ts';
import { TestServer } from '../support/server.ts';

/** The statuses of so many requests, one after the other. */
async function statuses(times: number, ask: () => Promise<{ status: number }>): Promise<number[]> {
  const answers: number[] = [];
  for (let i = 0; i < times; i++) answers.push((await ask()).status);
  return answers;
}

test('every part of the API has a limit, and each caller its own', async () => {
  const server = await TestServer.start({
    env: {
      RATE_LIMIT_LOGIN: '2',
      RATE_LIMIT_REFRESH: '3',
      RATE_LIMIT_INGEST: '2',
      RATE_LIMIT_API: '3',
      RATE_LIMIT_ANONYMOUS: '4',
    },
  });
  try {
    const login = () => server.call('/api/auth/login', { body: { email: 'a@b', password: 'x' } });
    assert.deepEqual(await statuses(3, login), [401, 401, 429]);

    const [one, other] = [await server.apiKey('viewer'), await server.apiKey('viewer')];
    const me = (token: string) => () => server.call('/api/auth/me', { token });
    assert.deepEqual(await statuses(4, me(one)), [200, 200, 200, 429]);
    assert.deepEqual(await statuses(1, me(other)), [200]);
    const limited = await server.call('/api/executions', { token: one });
    assert.equal(limited.status, 429, 'whatever it asks');
    const seconds = Number(limited.headers.get('retry-after'));
    assert.ok(seconds >= 1 && seconds <= 60, `${seconds} s`);
    assert.equal(limited.body.detail, `Try again in ${seconds} s.`);

    const key = await server.ingestKey();
    const traces = () => server.call('/v1/traces', { token: key, body: { resourceSpans: [] } });
    assert.deepEqual(await statuses(3, traces), [200, 200, 429]);

    const body = { refreshToken: 'cbr_unknown' };
    const refresh = () => server.call('/api/auth/refresh', { body });
    assert.deepEqual(await statuses(3, refresh), [401, 401, 401]);
    assert.equal((await server.call('/api/auth/logout', { body })).status, 429);

    const wrong = () => server.call('/api/auth/me', { token: 'wrong' });
    assert.deepEqual(await statuses(2, wrong), [401, 401]);
    const nobody = () => server.call('/api/health');
    assert.deepEqual(await statuses(3, nobody), [200, 200, 429]);
    assert.equal((await wrong()).status, 429);
    assert.deepEqual(await statuses(1, me(other)), [200], 'a valid token is none of these');
  } finally {
    await server.close();
  }
});

test('addresses are told apart behind a proxy that is trusted, and only there', async (t) => {
  for (const [trusted, expected] of [
    ['0', [200, 200, 429]],
    ['1', [200, 200, 200]],
  ] as const) {
    const server = await TestServer.start({
      env: { RATE_LIMIT_ANONYMOUS: '2', TRUSTED_PROXIES: trusted },
    });
    t.after(() => server.close());
    let client = 0;
    const health = () => {
      const headers = { 'x-forwarded-for': `spoofed, 203.0.113.${(client += 1)}` };
      return server.call('/api/health', { headers });
    };
    assert.deepEqual(await statuses(3, health), expected, `${trusted} trusted`);
  }
});

test('a locked account opens again by itself', async (t) => {
  const server = await TestServer.start({ lockout: { failures: 2, seconds: 3 } });
  t.after(() => server.close());
  const { email, password } = await server.account('viewer');
  const login = (given: string) =>
    server.call('/api/auth/login', { body: { email, password: given } });
  assert.deepEqual(await statuses(2, () => login('wrong')), [401, 401]);
  assert.equal((await login(password)).status, 429);
  await eventually('the account opens', async () => (await login(password)).status === 200);
});

describe('limits in Redis', { skip: !process.env.TEST_REDIS_URL && 'TEST_REDIS_URL' }, () => {
  const refused = (error: unknown) => error instanceof Problem && error.status === 429;

  test('are counted over all replicas', async (t) => {
    const connections = [1, 2].map(() => connectRedis(process.env.TEST_REDIS_URL ?? ''));
    t.after(() => connections.forEach(({ close }) => close()));
    const replicas = connections.map(
      ({ client }) => new Limits({ rates: { api: 3 }, redis: client }),
    );
    await eventually('both are connected', () =>
      connections.every(({ client }) => (client as { isReady: boolean }).isReady),
    );
    const who = randomUUID();
    const [one, other] = replicas;
    await one?.count('api', who);
    await other?.count('api', who);
    await one?.count('api', who);
    await assert.rejects(async () => other?.count('api', who), refused);
  });

  test('hold in each replica while Redis is unavailable', async (t) => {
    const { client, close } = connectRedis('redis://127.0.0.1:1');
    t.after(close);
    const limits = new Limits({ rates: { api: 1 }, redis: client });
    await limits.count('api', 'somebody');
    await assert.rejects(limits.count('api', 'somebody'), refused);
  });
});
