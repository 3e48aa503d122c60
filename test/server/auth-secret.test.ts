/** What is stored in the clear, and what is sealed. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { NotOpened, Secret } from '../../server/auth/secret.ts';
import type { Schemas } from '../../server/contract/index.ts';
import { runs } from '../support/effort.ts';
import { everything } from '../support/everything.ts';
import { PORTAL, TestServer } from '../support/server.ts';
import { traceOf } from './api/traces.ts';

const secretOf = (): string => randomBytes(32).toString('base64url');

describe('a sealed text', () => {
  const [today, yesterday] = [secretOf(), secretOf()];
  const box = new Secret(today).box('webhooks');
  const place = ['workspace', 'hook-1'];

  it('is what it was once it is opened, and never twice the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string()), (text, context) => {
        const sealed = box.seal(text, context);
        assert.match(sealed, /^v1\.[\w-]{8}\.[\w-]+$/);
        assert.equal(box.open(sealed, context), text);
        assert.notEqual(box.seal(text, context), sealed);
      }),
      { numRuns: runs(500) },
    );
  });

  it('opens for its own purpose, secret and place alone', () => {
    const sealed = box.seal('whsec_1', place);
    const refused = (other: typeof box, text: string, context: readonly string[]): void =>
      assert.throws(() => other.open(text, context), NotOpened);
    refused(new Secret(today).box('other'), sealed, place);
    refused(new Secret(secretOf()).box('webhooks'), sealed, place);
    for (const context of [['workspace', 'hook-2'], ['other', 'hook-1'], ['workspace'], []]) {
      refused(box, sealed, context);
    }
    refused(box, sealed, ['workspace","hook-1']);
  });

  it('opens only as it was sealed', () => {
    const sealed = box.seal('whsec_1', place);
    const change = fc.tuple(fc.nat(sealed.length - 1), fc.string({ minLength: 1, maxLength: 1 }));
    fc.assert(
      fc.property(change, ([at, character]) => {
        fc.pre(sealed[at] !== character);
        const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
        assert.throws(() => box.open(changed, place), NotOpened);
        assert.throws(() => box.open(sealed.slice(0, at), place), NotOpened);
      }),
      { numRuns: runs(500) },
    );
    for (const text of [
      '',
      'v1',
      'v1..',
      `${sealed}.x`,
      `${sealed}=`,
      sealed.replace('v1', 'v2'),
    ]) {
      assert.throws(() => box.open(text, place), NotOpened);
    }
  });

  it('is still opened once the secret is another one, as long as the earlier one is known', () => {
    const old = new Secret(yesterday).box('webhooks').seal('whsec_1', place);
    const rotated = new Secret(today, [secretOf(), yesterday]).box('webhooks');
    assert.equal(rotated.open(old, place), 'whsec_1');
    assert.equal(rotated.isCurrent(old), false);
    const again = rotated.seal(rotated.open(old, place), place);
    assert.ok(rotated.isCurrent(again));
    assert.equal(box.open(again, place), 'whsec_1');
    assert.throws(() => box.open(old, place), NotOpened);
  });
});

describe('a service whose secret was changed', () => {
  const [today, yesterday] = [secretOf(), secretOf()];
  let server: TestServer;
  before(async () => {
    server = await TestServer.start({
      env: {
        CLOUDBRAIN_SECRET: today,
        CLOUDBRAIN_PREVIOUS_SECRETS: `${secretOf()}, ${yesterday}`,
      },
    });
  });
  after(() => server.close());

  it('keeps no secret in any table that somebody could use', async () => {
    const secrets: Record<string, string> = { today, yesterday };
    secrets.apiKey = await server.apiKey('admin');
    secrets.ingestKey = await server.ingestKey();
    const account = await server.account('admin');
    secrets.password = account.password;
    secrets.refreshToken = account.refreshToken;
    secrets.accessToken = account.accessToken;
    const refreshed = await server.call<Schemas['Session']>('/api/auth/refresh', {
      body: { refreshToken: account.refreshToken },
      headers: { 'idempotency-key': randomUUID() },
    });
    secrets.nextRefreshToken = refreshed.body.refreshToken;
    secrets.nextAccessToken = refreshed.body.accessToken;
    const embed = await server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
      token: secrets.apiKey,
      headers: { 'idempotency-key': randomUUID() },
      body: { domains: ['app.example.com'], origins: [PORTAL] },
    });
    secrets.embedToken = embed.body.token;
    // An answer that was kept, beside the token in it.
    secrets.answer = JSON.stringify(embed.body);
    await server.call('/v1/traces', {
      token: secrets.ingestKey,
      body: traceOf({ startedAt: Date.now() - 1_000 }),
    });
    // Attempts that are written down as security events.
    secrets.wrongPassword = `wrong ${secretOf()}`;
    const { email } = account;
    const attempt = { email, password: secrets.wrongPassword };
    assert.equal((await server.call('/api/auth/login', { body: attempt })).status, 401);
    secrets.unknownKey = `cbk_api_${secretOf()}`;
    secrets.unknownToken = `${secrets.embedToken.slice(0, -8)}AAAAAAAA`;
    for (const token of [secrets.unknownKey, secrets.unknownToken, account.refreshToken]) {
      assert.equal((await server.call('/api/auth/me', { token })).status, 401);
    }
    // The same refresh token once more: its family ends, and that is written down.
    await server.call('/api/auth/refresh', { body: { refreshToken: account.refreshToken } });
    await server.call('/api/cleanup/runs', { token: secrets.apiKey, body: { dryRun: true } });

    const tables = await everything(server.store);
    assert.ok(tables.size > 40, [...tables.keys()].join());
    for (const table of ['accounts', 'api_keys', 'refresh_tokens', 'idempotency_keys']) {
      assert.notEqual(tables.get(table), '', `${table} has rows`);
    }
    // What is searched for is found where it is there: an email is no secret.
    assert.ok(tables.get('accounts')?.includes(email));
    for (const [table, text] of tables) {
      for (const [name, value] of Object.entries(secrets)) {
        for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('hex')]) {
          assert.ok(!text.includes(form), `${name} is in ${table}`);
        }
        const base64 = Buffer.from(value).toString('base64').slice(0, -4);
        assert.ok(!text.includes(base64), `${name} is in ${table}, as base64`);
      }
    }
    assert.match(tables.get('idempotency_keys') ?? '', /v1\.[\w-]{8}\./);
  });

  it('opens what it had sealed with the earlier one', async () => {
    const token = await server.apiKey('admin');
    const mint = () =>
      server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
        token,
        headers: { 'idempotency-key': 'once' },
        body: { domains: ['app.example.com'], origins: [PORTAL] },
      });
    const { status, body } = await mint();
    assert.equal(status, 201);
    const row = await server.store.asSystem((tx) =>
      tx
        .selectFrom('idempotency_keys')
        .select(['workspace_id', 'caller_id', 'operation', 'key', 'answer'])
        .where('key', '=', 'once')
        .executeTakeFirstOrThrow(),
    );
    const place = [row.workspace_id, row.caller_id, row.operation, row.key];
    const text = new Secret(today).box('idempotency').open(row.answer ?? '', place);
    const keep = (secret: string) =>
      server.store.asSystem((tx) =>
        tx
          .updateTable('idempotency_keys')
          .set({ answer: new Secret(secret).box('idempotency').seal(text, place) })
          .where('key', '=', 'once')
          .execute(),
      );
    await keep(yesterday);
    assert.deepEqual((await mint()).body, body);
    await keep(secretOf());
    assert.equal((await mint()).status, 409);
  });
});
