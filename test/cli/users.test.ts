import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { UserErasure } from '@cloudbrain/sdk';
import { TestServer } from '../support/server.ts';
import { sendTurns, type Turn } from '../support/turns.ts';
import { Cli } from './cli.ts';

const turn: Turn = {
  said: [['user', 'Where is my order?']],
  at: Date.parse('2026-03-02T10:00:00Z'),
  conversation: 'chat-1',
  user: 'ada',
};

let server: TestServer;
let cli: Cli;
before(async () => {
  server = await TestServer.start();
  await sendTurns(server, await server.ingestKey(), [turn]);
  const env = { CLOUDBRAIN_BASE_URL: server.url, CLOUDBRAIN_API_KEY: await server.apiKey('admin') };
  cli = await Cli.open(env);
});
after(async () => {
  await cli.close();
  await server.close();
});

describe('users erase', () => {
  test('asks first', async () => {
    const { code, stderr } = await cli.run(['users', 'erase', 'ada']);
    assert.equal(code, 2);
    assert.match(stderr, /^cloudbrain: No terminal to confirm in: pass --yes\.\n/);
    const no = await cli.terminal('cloudbrain users erase ada', {
      typed: [['Type yes: ', 'y\r']],
    });
    assert.equal(no.code, 1);
    assert.match(no.screen, /Nothing was erased\./);
  });

  test('prints the id of an erasure, and `users erasure` its progress', async () => {
    const erased = await cli.run(['users', 'erase', 'ada', '--yes']);
    assert.deepEqual([erased.code, erased.stderr], [0, '']);
    const id = /^Erasure (\S+)$/m.exec(erased.stdout)?.[1] ?? '';
    const { code, stdout } = await cli.run(['users', 'erasure', id, '--json']);
    assert.equal(code, 0);
    const erasure = JSON.parse(stdout) as UserErasure;
    assert.deepEqual([erasure.id, erasure.conversations], [id, 1]);
    const again = await cli.run(['users', 'erase', 'ada', '--yes', '--json']);
    assert.equal((JSON.parse(again.stdout) as UserErasure).id, id);
    const shown = await cli.run(['users', 'erasure', id]);
    assert.match(shown.stdout, /^(Erased|Hidden, and being removed \(step \d+ of \d+\)): 1 conv/);
  });

  test('ends with 5 for an unknown user or erasure', async () => {
    const user = await cli.run(['users', 'erase', 'nobody', '--yes']);
    assert.deepEqual([user.code, user.stdout], [5, '']);
    assert.match(user.stderr, /There is no user nobody\./);
    const id = '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99';
    const erasure = await cli.run(['users', 'erasure', id]);
    assert.equal(erasure.code, 5);
    assert.match(erasure.stderr, new RegExp(`There is no erasure ${id}\\.`));
  });
});
