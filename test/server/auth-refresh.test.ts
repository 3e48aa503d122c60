import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Schemas } from '../../server/contract/index.ts';
import { TestServer } from '../support/server.ts';

type Session = Schemas['Session'];

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let server: TestServer;
before(async () => {
  server = await TestServer.start();
});
after(() => server.close());

const login = (body: object) => server.call<Session>('/api/auth/login', { body });
const refresh = (refreshToken: string, key?: string) =>
  server.call<Session>('/api/auth/refresh', {
    body: { refreshToken },
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
const me = (token: string) => server.call<Schemas['Me']>('/api/auth/me', { token });

describe('refresh', () => {
  test('gives a new session for a token that works once', async () => {
    const first = await server.account('viewer');
    const { status, body: second } = await refresh(first.refreshToken);
    assert.equal(status, 200);
    assert.notEqual(second.refreshToken, first.refreshToken);
    assert.equal(second.me.id, first.me.id);
    assert.equal((await me(second.accessToken)).status, 200);
    assert.equal((await refresh(second.refreshToken)).status, 200);
  });

  test('ends the whole family when a token comes twice', async () => {
    const first = await server.account('viewer');
    const { body: second } = await refresh(first.refreshToken);
    const other = await login({ email: first.email, password: first.password });
    assert.equal((await refresh(first.refreshToken)).status, 401);
    assert.equal((await refresh(second.refreshToken)).status, 401);
    assert.equal((await me(second.accessToken)).status, 401);
    assert.equal((await me(other.body.accessToken)).status, 200, 'another login is another family');
  });

  test('lets one of many that come at once through at most', async () => {
    const { refreshToken } = await server.account('viewer');
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(refreshToken)));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, 401, 401, 401, 401]);
  });

  test('gives the same token again to a request that comes again, while that is unused', async () => {
    const first = await server.account('viewer');
    const key = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => refresh(first.refreshToken, key)));
    server.advance(20 * 60 * MINUTE);
    answers.push(await refresh(first.refreshToken, key));
    const given = new Set(answers.map(({ body }) => body.refreshToken));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    assert.equal(given.size, 1);
    assert.ok(!given.has(first.refreshToken));
    for (const { body } of answers.slice(3)) assert.equal((await me(body.accessToken)).status, 200);
    const [next = ''] = given;
    const { status, body: third } = await refresh(next, key);
    assert.equal(status, 200);
    // By now the answer was heard: whoever comes with the first token is somebody else.
    assert.equal((await refresh(first.refreshToken, key)).status, 401);
    assert.equal((await me(third.accessToken)).status, 401);
  });

  test('takes another key, or a late one, for another use of the token', async () => {
    const other = await server.account('viewer');
    const { body: renewed } = await refresh(other.refreshToken, randomUUID());
    assert.equal((await refresh(other.refreshToken, randomUUID())).status, 401);
    assert.equal((await refresh(renewed.refreshToken)).status, 401);
    const late = await server.account('viewer');
    const key = randomUUID();
    await refresh(late.refreshToken, key);
    server.advance(DAY + MINUTE);
    assert.equal((await refresh(late.refreshToken, key)).status, 401);
  });

  test('gives nothing again once the session has ended', async () => {
    const { refreshToken } = await server.account('viewer');
    const key = randomUUID();
    const { body } = await refresh(refreshToken, key);
    await server.call('/api/auth/logout', { body: { refreshToken: body.refreshToken } });
    assert.equal((await refresh(refreshToken, key)).status, 401);
  });

  test('ends after fourteen days without use, and lives on with it', async () => {
    const idle = await server.account('viewer');
    const busy = await server.account('viewer');
    server.advance(13 * DAY);
    const { status, body } = await refresh(busy.refreshToken);
    assert.equal(status, 200);
    server.advance(2 * DAY);
    assert.equal((await refresh(idle.refreshToken)).status, 401);
    assert.equal((await refresh(body.refreshToken)).status, 200);
  });

  test('refuses what is no refresh token', async () => {
    const { accessToken } = await server.login();
    for (const token of ['cbr_unknown', accessToken]) {
      assert.equal((await refresh(token)).status, 401);
    }
  });
});
