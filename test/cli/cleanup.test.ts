import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { CleanupAction, CleanupRun } from '@cloudbrain/sdk';
import { Files, HOUR } from '../server/cleanup/files.ts';
import { patience } from '../support/patience.ts';
import { TestServer } from '../support/server.ts';
import { Cli } from './cli.ts';

const EXPIRED = 'tmp/abandoned/file';

let server: TestServer;
let files: Files;
let cli: Cli;
before(async () => {
  server = await TestServer.start();
  files = Files.in(server.dataDir);
  const apiKey = await server.apiKey('admin');
  cli = await Cli.open({ CLOUDBRAIN_BASE_URL: server.url, CLOUDBRAIN_API_KEY: apiKey });
});
after(async () => {
  await cli.close();
  await server.close();
});
beforeEach(() => files.write(EXPIRED, 2 * HOUR));

describe('cleanup', { timeout: patience(120_000) }, () => {
  test('run deletes what has expired, once it is confirmed', async () => {
    const unasked = await cli.run(['cleanup', 'run']);
    assert.equal(unasked.code, 2);
    assert.match(unasked.stderr, /^cloudbrain: No terminal to confirm in: pass --yes\.\n/);
    const no = await cli.terminal('cloudbrain cleanup run', {
      typed: [['Permanently delete expired files? Type yes: ', 'n\r']],
    });
    assert.equal(no.code, 1);
    assert.match(no.screen, /Nothing was deleted\./);
    assert.ok(await files.has(EXPIRED));

    const { code, stdout, stderr } = await cli.run(['cleanup', 'run', '--wait', '--yes']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^state +completed\nstarted by +request\n/m);
    assert.match(stdout, /^deleted +0 preview bundles, 1 temporary folders, /m);
    assert.ok(!(await files.has(EXPIRED)));
    const id = /^id +(\S+)$/m.exec(stdout)?.[1] ?? '';
    const shown = await cli.run(['cleanup', 'show', id]);
    assert.deepEqual([shown.code, shown.stdout], [0, stdout]);
  });

  test('run lists what it would delete on a dry run, and asks nothing', async () => {
    const { code, stdout } = await cli.run(['cleanup', 'run', '--dry-run', '--wait', '--json']);
    assert.equal(code, 0);
    const run = JSON.parse(stdout) as CleanupRun;
    assert.deepEqual([run.state, run.dryRun, run.counts.tempDirs], ['completed', true, 1]);
    assert.ok(await files.has(EXPIRED));
    const listed = await cli.run(['cleanup', 'actions', '--run', run.id]);
    assert.match(listed.stdout, /^at +type +path +size +reason +outcome +error +run\n/);
    assert.match(listed.stdout, / temp_dir +tmp\/abandoned +.* would_delete +/);
    const json = await cli.run([
      'cleanup',
      'actions',
      '--run',
      run.id,
      '--type',
      'temp_dir',
      '--json',
    ]);
    const [action] = json.stdout.split('\n');
    assert.equal((JSON.parse(action ?? '') as CleanupAction).runId, run.id);
    const none = await cli.run(['cleanup', 'actions', '--run', run.id, '--type', 'log']);
    assert.match(none.stderr, /^No actions found\./);
  });

  test('run does not wait for its end unless it is asked to', async () => {
    const { code, stdout } = await cli.run(['cleanup', 'run', '--dry-run', '--json']);
    assert.equal(code, 0);
    const { id, state } = JSON.parse(stdout) as CleanupRun;
    assert.equal(state, 'queued');
    assert.equal((await cli.run(['cleanup', 'show', id])).code, 0);
  });

  test('status shows the settings and the last run', async () => {
    await cli.run(['cleanup', 'run', '--dry-run', '--wait']);
    const { code, stdout } = await cli.run(['cleanup']);
    assert.equal(code, 0);
    assert.match(stdout, /^enabled +yes\ndry runs only +no\nevery +15 minutes\n/);
    assert.match(stdout, /^may start a run +yes$/m);
    assert.match(stdout, /^Last run\nid +\S+\nstate +completed, a dry run$/m);
  });

  test('is refused in dry mode, and for other roles', async () => {
    const sysops = { CLOUDBRAIN_API_KEY: await server.apiKey('sysops') };
    assert.match(
      (await cli.run(['cleanup', 'status'], { env: sysops })).stdout,
      /^may start a run +no$/m,
    );
    const forbidden = await cli.run(['cleanup', 'run', '--dry-run'], { env: sysops });
    assert.equal(forbidden.code, 4);
    const unknown = await cli.run(['cleanup', 'show', '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99']);
    assert.equal(unknown.code, 5);
    const dry = await TestServer.start({ env: { CLEANUP_DRY_RUN: 'true' } });
    try {
      const env = { CLOUDBRAIN_BASE_URL: dry.url, CLOUDBRAIN_API_KEY: await dry.apiKey('admin') };
      const { code, stderr } = await cli.run(['cleanup', 'run', '--yes'], { env });
      assert.equal(code, 1);
      assert.match(stderr, /^cloudbrain: .*dry runs/);
    } finally {
      await dry.close();
    }
  });
});
