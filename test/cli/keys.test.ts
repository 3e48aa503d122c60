import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { IssuedKey, Key } from '@cloudbrain/sdk';
import { TestServer } from '../support/server.ts';
import { Cli } from './cli.ts';

const UNKNOWN = '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99';

let server: TestServer;
let cli: Cli;
before(async () => {
  server = await TestServer.start();
  const env = { CLOUDBRAIN_BASE_URL: server.url, CLOUDBRAIN_API_KEY: await server.apiKey('admin') };
  cli = await Cli.open(env);
});
after(async () => {
  await cli.close();
  await server.close();
});

const statusOf = async (token: string): Promise<number> =>
  (await server.call('/api/auth/me', { token })).status;

async function create(...args: string[]): Promise<IssuedKey> {
  const { code, stdout, stderr } = await cli.run(['keys', 'create', ...args, '--json']);
  assert.deepEqual([code, stderr], [0, '']);
  return JSON.parse(stdout) as IssuedKey;
}

describe('keys create', () => {
  test('prints the secret alone, and says that it is shown only once', async () => {
    const args = [
      'keys',
      'create',
      'portal',
      '--role',
      'viewer',
      '--domains',
      'a.example, b.example',
    ];
    const { code, stdout, stderr } = await cli.run(args);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^cbk_api_[\w-]{43}\n$/);
    const { screen } = await cli.terminal('cloudbrain keys create shown --role viewer');
    assert.match(screen, /^cbk_api_[\w-]{43}$/m);
    assert.match(screen, /Key [\da-f-]{36} \(shown\): the secret is shown only once\./);
    const { body } = await server.call<{ domains: string[] }>('/api/auth/me', {
      token: stdout.trim(),
    });
    assert.deepEqual(body.domains, ['a.example', 'b.example']);
  });

  test('makes ingest keys, and keys that end by themselves', async () => {
    const ingest = await create(
      'agents',
      '--kind',
      'ingest',
      '--domain',
      'a.example',
      '--team',
      'x',
    );
    assert.deepEqual([ingest.kind, ingest.domain, ingest.team], ['ingest', 'a.example', 'x']);
    const guest = await create('guest', '--role', 'viewer', '--expires-at', '2099-01-31');
    assert.equal(guest.expiresAt, '2099-01-31T00:00:00.000Z');
  });

  test('names the option that is missing or does not fit', async () => {
    const none = await cli.run(['keys', 'create', 'portal']);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /^cloudbrain: --role is required for an API key\./);
    const foreign = await cli.run(['keys', 'create', 'x', '--kind', 'ingest', '--domains', 'a']);
    assert.equal(foreign.code, 2);
    assert.match(foreign.stderr, /^cloudbrain: --domains must not be set for an ingest key\./);
    const time = await cli.run(['keys', 'create', 'x', '--role', 'viewer', '--expires-at', 'soon']);
    assert.equal(time.code, 2);
    assert.match(time.stderr, /--expires-at/);
  });
});

describe('keys list', () => {
  test('is the default: a table without secrets', async () => {
    const { id, secret } = await create('listed', '--role', 'support');
    const { code, stdout } = await cli.run(['keys']);
    assert.equal(code, 0);
    const [head, ...rows] = stdout.trim().split('\n');
    assert.match(head ?? '', /^name +kind +role +domains +secret +state +last used +expires +id$/);
    const row = rows.find((line) => line.includes(id)) ?? '';
    assert.match(row, /^listed +api +support +all +…[\w-]{4} +active +- +never +/);
    assert.ok(row.includes(`…${secret.slice(-4)}`));
    assert.ok(!stdout.includes(secret));
  });

  test('is of a state, and a key a line as JSON', async () => {
    const { id } = await create('to end', '--role', 'viewer');
    await cli.run(['keys', 'end', id, '--yes']);
    const { stdout } = await cli.run(['keys', 'list', '--state', 'ended', '--json']);
    const [key] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Key);
    assert.deepEqual([key?.id, key?.state], [id, 'ended']);
    const none = await cli.run(['keys', 'list', '--state', 'expired']);
    assert.deepEqual([none.code, none.stdout], [0, '']);
    assert.match(none.stderr, /^There are no such keys\.\n$/);
  });
});

describe('keys rotate', () => {
  test('prints the new secret; the old one works during the overlap', async () => {
    const key = await create('rotated', '--role', 'viewer');
    const { code, stdout, stderr } = await cli.run(['keys', 'rotate', key.id, '--verbose']);
    assert.equal(code, 0);
    assert.match(stderr, /^The old secret \(…[\w-]{4}\) works until \d{4}-\d\d-\d\d /m);
    const second = stdout.trim();
    assert.deepEqual([await statusOf(key.secret), await statusOf(second)], [200, 200]);
    const now = await cli.run(['keys', 'rotate', key.id, '--overlap-seconds', '0', '--verbose']);
    assert.match(now.stderr, /^The old secret has ended\.$/m);
    const third = now.stdout.trim();
    const statuses = await Promise.all([key.secret, second, third].map(statusOf));
    assert.deepEqual(statuses, [401, 401, 200]);
  });

  test('takes an overlap of whole seconds, a week at most', async () => {
    for (const [overlap, sign] of [
      ['1h', /--overlap-seconds/],
      ['604801', /--overlap-seconds must be at most 604,800/],
    ] as const) {
      const args = ['keys', 'rotate', UNKNOWN, '--overlap-seconds', overlap];
      const { code, stderr } = await cli.run(args);
      assert.equal(code, 2);
      assert.match(stderr, sign);
    }
  });
});

describe('keys end', () => {
  test('asks first, and ends the key at once', async () => {
    const { id, secret } = await create('ended', '--role', 'viewer');
    const refused = await cli.run(['keys', 'end', id]);
    assert.equal(refused.code, 2);
    const no = await cli.terminal(`cloudbrain keys end ${id}`, { typed: [['Type yes: ', 'y\r']] });
    assert.equal(no.code, 1);
    assert.match(no.screen, /End the key ended \(…/);
    assert.match(no.screen, /Nothing was ended\./);
    assert.equal(await statusOf(secret), 200);
    const { code, stdout } = await cli.run(['keys', 'end', id, '--yes']);
    assert.deepEqual([code, stdout], [0, `The key ${id} has ended.\n`]);
    assert.equal(await statusOf(secret), 401);
  });

  test('ends also the key that it asks with', async () => {
    const { id, secret } = await create('own', '--role', 'admin');
    const env = { CLOUDBRAIN_API_KEY: secret };
    const { code, stdout } = await cli.run(['keys', 'end', id, '--yes', '--json'], { env });
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { id, state: 'ended' });
    assert.equal(await statusOf(secret), 401);
  });

  test('ends with 5 for an unknown key, and with 4 for all but admins', async () => {
    for (const args of [
      ['end', UNKNOWN, '--yes'],
      ['rotate', UNKNOWN],
    ]) {
      const { code, stderr } = await cli.run(['keys', ...args]);
      assert.equal(code, 5);
      assert.match(stderr, new RegExp(`There is no key ${UNKNOWN}\\.`));
    }
    const env = { CLOUDBRAIN_API_KEY: await server.apiKey('viewer') };
    const { code, stderr } = await cli.run(['keys'], { env });
    assert.equal(code, 4);
    assert.match(stderr, /admin/);
  });
});
