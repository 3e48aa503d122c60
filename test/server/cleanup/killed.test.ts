import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openJobs } from '../../../server/jobs/index.ts';
import { CleanupStore } from '../../../server/store/cleanup/cleanup.ts';
import { openStore } from '../../../server/store/database/database.ts';
import { TenancyStore } from '../../../server/store/tenancy/tenancy.ts';
import { databaseIn } from '../../support/data-directory.ts';
import { eventually } from '../../support/eventually.ts';
import { patience } from '../../support/patience.ts';
import { Files, HOUR } from './files.ts';
import { defaults, writerOf } from './installation.ts';

const TOTAL = 1500;

test('a run whose process is killed is marked at the next start, and nothing it deleted is unrecorded', async (t) => {
  const files = await Files.create();
  const { databaseUrl, drop } = await databaseIn(files.data);
  const place = databaseUrl ? { databaseUrl } : { dataDir: files.data };
  const first = await openStore(place);
  const workspaceId = await new TenancyStore(first).ensureOperator();
  await first.close();
  for (let i = 0; i < TOTAL; i++) await files.directory(`tmp/${i}`, 2 * HOUR);

  await killInTheMiddle(files.data, databaseUrl);

  const left = await readdir(join(files.data, 'tmp'));
  assert.ok(left.length > 0 && left.length < TOTAL, `${left.length} of ${TOTAL} are left`);
  const store = await openStore(place);
  const cleanup = new CleanupStore(store);
  // At a full quarter of an hour the next start has a run of its own at once.
  const killedId = (await cleanup.lastRun(workspaceId))?.id ?? assert.fail('There was no run.');
  const errors: string[] = [];
  const jobs = await openJobs({
    store,
    writer: writerOf(store),
    databaseUrl,
    dataDir: files.data,
    cleanup: defaults,
    announce: () => {},
    log: { error: (_, message) => errors.push(message) },
  });
  t.after(async () => {
    await jobs.close();
    await store.close();
    await drop();
    await files.remove();
    assert.deepEqual(errors, []);
  });

  const killed = await cleanup.getRun(workspaceId, killedId);
  assert.equal(killed?.state, 'failed');
  assert.equal(killed.error, 'The service stopped during this run.');
  assert.ok(killed.endedAt);
  const page = { from: null, limit: TOTAL };
  const { entries: actions } = await cleanup.listActions(workspaceId, {}, page);
  const recorded = new Set(actions.map(({ path }) => path));
  const there = new Set(left.map((name) => `tmp/${name}`));
  for (let i = 0; i < TOTAL; i++) {
    assert.ok(there.has(`tmp/${i}`) || recorded.has(`tmp/${i}`), `tmp/${i} went unrecorded`);
  }

  // The queue is free: the next run begins at once and does the rest.
  const { id } = await jobs.cleanup.request({ dryRun: false });
  const run = await eventually(
    'the rest',
    async () => {
      const now = await cleanup.getRun(workspaceId, id);
      return now?.endedAt ? now : null;
    },
    patience(60_000),
  );
  assert.equal(run.state, 'completed');
  assert.deepEqual(await readdir(join(files.data, 'tmp')), []);
});

async function killInTheMiddle(dataDir: string, databaseUrl: string | undefined): Promise<void> {
  const script = fileURLToPath(new URL('./replica.ts', import.meta.url));
  const child = spawn(process.execPath, [script, dataDir, databaseUrl ?? ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let changes = 0;
  createInterface(child.stdout).on('line', () => {
    // Queued, running, and one batch.
    if (++changes === 3) child.kill('SIGKILL');
  });
  await once(child, 'close');
  assert.ok(changes >= 3, 'it ended by itself');
}
