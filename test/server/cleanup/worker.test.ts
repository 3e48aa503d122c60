import assert from 'node:assert/strict';
import { chmod, readFile, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { RunRefused } from '../../../server/jobs/index.ts';
import { eventually } from '../../support/eventually.ts';
import { patience } from '../../support/patience.ts';
import { DAY, HOUR, MINUTE, type Files } from './files.ts';
import type { PageQuery } from '../../../server/store/database/pages.ts';
import { Installation } from './installation.ts';

let installation: Installation;
let files: Files;

beforeEach(async () => {
  installation = await Installation.create();
  ({ files } = installation);
});
afterEach(() => installation.close());
after(() => Installation.end());

/** One of each kind that is due, and one that isn't. */
async function leaveThings(): Promise<void> {
  await files.write('previews/101/job_1/bundle.zip', 25 * HOUR, 'x'.repeat(1000));
  await files.write('previews/102/job_2/bundle.zip', 23 * HOUR);
  await files.write('tmp/preview-job-5678/checkout/file', 2 * HOUR, 'x'.repeat(200));
  await files.write('tmp/preview-job-5679/checkout/file', MINUTE);
  await files.write('objects/previews/101/abcd/bundle.zip', 2 * HOUR, 'x'.repeat(30));
  await files.write('objects/previews/101/job_3/bundle.zip', 2 * HOUR);
  await files.write('logs/debug-2025-11-18.log', 8 * DAY, 'x'.repeat(4));
  await files.write('logs/debug-2025-11-25.log', DAY);
  await installation.store.asSystem((tx) =>
    tx
      .insertInto('preview_jobs')
      .values({
        workspace_id: installation.workspaceId,
        id: 'job_3',
        project_id: '101',
        user_id: null,
        platform: 'ios',
        status: 'success',
        error: null,
        created_at: new Date().toISOString(),
        completed_at: null,
      })
      .execute(),
  );
}

const due = [
  ['preview_bundle', 'previews/101/job_1', 1000, 'expired'],
  ['temp_dir', 'tmp/preview-job-5678', 200, 'abandoned'],
  ['object', 'objects/previews/101/abcd/bundle.zip', 30, 'orphaned'],
  ['log', 'logs/debug-2025-11-18.log', 4, 'ttl_exceeded'],
];

describe('a real run', () => {
  test('deletes one of each kind, and records type, path, size, reason and time', async () => {
    await leaveThings();
    const jobs = await installation.start();
    const asked = await jobs.cleanup.request({ dryRun: false });
    assert.deepEqual(
      { state: asked.state, trigger: asked.trigger, dryRun: asked.dryRun },
      { state: 'queued', trigger: 'manual', dryRun: false },
    );
    const run = await installation.ended(asked.id);
    assert.equal(run.state, 'completed');
    assert.equal(run.error, null);
    const counts = { previewBundles: 1, tempDirs: 1, objects: 1, logs: 1, failed: 0 };
    assert.deepEqual(run.counts, counts);
    assert.equal(run.bytes, 1234);
    assert.ok(run.durationMs !== null && run.durationMs >= 0);

    const actions = await installation.actions(run.id);
    assert.deepEqual(
      actions.map(({ type, path, sizeBytes, reason }) => [type, path, sizeBytes, reason]),
      due.toReversed(),
    );
    for (const action of actions) {
      assert.equal(action.outcome, 'deleted');
      assert.equal(action.error, null);
      assert.ok(Date.parse(action.at) >= Date.parse(run.startedAt ?? ''));
      assert.ok(Date.parse(action.at) <= Date.parse(run.endedAt ?? ''));
    }
    assert.deepEqual(
      (await files.all()).filter((path) => /\.\w+$|file$/.test(path)),
      [
        'logs/debug-2025-11-25.log',
        'objects/previews/101/job_3/bundle.zip',
        'previews/102/job_2/bundle.zip',
        'tmp/preview-job-5679/checkout/file',
      ],
    );
  });

  test('leaves no empty project behind, but the areas themselves', async () => {
    await files.write('previews/101/job_1/bundle.zip', 25 * HOUR);
    await files.write('objects/previews/101/abcd/bundle.zip', 2 * HOUR);
    await files.write('tmp/a/file', 2 * HOUR);
    await installation.run(await installation.start());
    assert.deepEqual(await files.all(), ['objects', 'objects/previews', 'previews', 'tmp']);
  });

  test('begins at once', async () => {
    const jobs = await installation.start();
    const run = await installation.run(jobs);
    const waited = Date.parse(run.startedAt ?? '') - Date.parse(run.requestedAt);
    assert.ok(waited < 5000, `it waited ${waited} ms`);
  });

  test('finds nothing the second time', async () => {
    await leaveThings();
    const jobs = await installation.start();
    await installation.run(jobs);
    const again = await installation.run(jobs);
    assert.deepEqual(await installation.actions(again.id), []);
    assert.equal(again.state, 'completed');
  });

  test('is told to those who watch: queued, running, completed with its figures', async () => {
    await leaveThings();
    const run = await installation.run(await installation.start());
    const told = await installation.told();
    assert.deepEqual(
      told.map(({ state, bytes }) => [state, bytes]),
      [
        ['queued', 0],
        ['running', 0],
        ['running', 1234],
        ['completed', 1234],
      ],
    );
    assert.deepEqual(told.at(-1), run);
    await eventually('the wake', () => installation.announced.length === told.length);
  });

  test('never leaves its directories by a link', async () => {
    await files.link('previews/101/job', files.outside, 30 * HOUR);
    await files.link('tmp/outside', files.outside, 2 * HOUR);
    await files.link('tmp/dir/nested/outside', files.outside, 2 * HOUR);
    await files.link('tmp/file', join(files.outside, 'precious.txt'), 2 * HOUR);
    await files.link('tmp/dangling', '/nowhere/at/all', 2 * HOUR);
    await files.link('objects/previews/1/2/bundle.zip', join(files.outside, 'precious.txt'), DAY);
    await symlink(files.outside, join(files.data, 'logs'));
    const run = await installation.run(await installation.start());
    assert.equal(await readFile(join(files.outside, 'precious.txt'), 'utf8'), 'precious');
    assert.deepEqual(await readdir(join(files.data, 'tmp')), []);
    assert.deepEqual(run.counts, {
      previewBundles: 1,
      tempDirs: 4,
      objects: 1,
      logs: 0,
      failed: 1,
    });
    const failed = (await installation.actions(run.id)).filter(
      ({ outcome }) => outcome === 'failed',
    );
    assert.deepEqual(
      failed.map(({ type, path, error }) => [type, path, error]),
      [['log', 'logs', 'It is not a directory.']],
    );
  });

  test('goes on where one thing can’t be deleted, and says why', async () => {
    await files.write('tmp/free/file', 2 * HOUR);
    await files.write('tmp/locked/sub/file', 2 * HOUR);
    await files.write('tmp/unreadable/file', 2 * HOUR);
    await files.write('tmp/zzz/file', 2 * HOUR);
    const path = (name: string): string => join(files.data, name);
    await chmod(files.base, 0o755);
    for (const name of ['.', 'tmp', 'tmp/free', 'tmp/zzz', 'tmp/locked']) {
      await chmod(path(name), 0o777);
    }
    await chmod(path('tmp/locked/sub'), 0o555);
    await chmod(path('tmp/unreadable'), 0o000);
    const jobs = await installation.start();
    const run = await asNobody(() => installation.run(jobs));
    await chmod(path('tmp/unreadable'), 0o700);
    await chmod(path('tmp/locked/sub'), 0o700);

    assert.equal(run.state, 'completed');
    assert.deepEqual([run.counts.tempDirs, run.counts.failed], [2, 2]);
    const outcomes = (await installation.actions(run.id))
      .map(({ path, outcome, error }) => [path, outcome, error])
      .sort();
    assert.deepEqual(outcomes, [
      ['tmp/free', 'deleted', null],
      ['tmp/locked', 'failed', 'EACCES: permission denied'],
      ['tmp/unreadable', 'failed', 'EACCES: permission denied'],
      ['tmp/zzz', 'deleted', null],
    ]);
    assert.ok(await files.has('tmp/locked/sub/file'));
    assert.deepEqual(installation.errors, []);
  });

  test('keeps names as they are: HTML, spaces, what is no UTF-8', async () => {
    await files.write('tmp/<img src=x onerror=alert(1)> ä/file', 2 * HOUR);
    const run = await installation.run(await installation.start());
    const [action] = await installation.actions(run.id);
    assert.equal(action?.path, 'tmp/<img src=x onerror=alert(1)> ä');
    assert.equal(action.outcome, 'deleted');
  });

  test('of hundreds of things records every one, newest first, page by page', async () => {
    for (let i = 0; i < 130; i++) await files.write(`tmp/${i}/file`, 2 * HOUR);
    const run = await installation.run(await installation.start());
    assert.equal(run.counts.tempDirs, 130);
    const seen: string[] = [];
    let from: PageQuery['from'] = null;
    do {
      const page = await installation.cleanup.listActions(
        installation.workspaceId,
        { runId: run.id, type: 'temp_dir' },
        { from, limit: 47 },
      );
      seen.push(...page.entries.map(({ path }) => path));
      from = page.next;
    } while (from);
    assert.equal(new Set(seen).size, 130);
    const none = { runId: run.id, type: 'log' } as const;
    const first = { from: null, limit: 10 };
    const logs = await installation.cleanup.listActions(installation.workspaceId, none, first);
    assert.deepEqual(logs, { entries: [], next: null, previous: null });
  });
});

describe('a dry run', () => {
  test('lists what it would do, and does nothing', async () => {
    await leaveThings();
    const before = await files.all();
    const run = await installation.run(await installation.start(), true);
    assert.deepEqual(await files.all(), before);
    assert.equal(run.dryRun, true);
    assert.equal(run.bytes, 1234);
    const actions = await installation.actions(run.id);
    assert.deepEqual(
      actions.map(({ type, path, sizeBytes, reason }) => [type, path, sizeBytes, reason]),
      due.toReversed(),
    );
    assert.ok(actions.every(({ outcome }) => outcome === 'would_delete'));
    assert.deepEqual((await installation.cleanup.totals()).deleted, new Map());
  });
});

describe('settings', () => {
  const scheduled = async (): Promise<number> => {
    const text = `select 1 from cloudbrain_jobs.schedule where name = 'cleanup'`;
    return (await installation.store.query(text)).rows.length;
  };

  test('disabled: no schedule, and a manual run may only be dry', async () => {
    await files.write('tmp/a/file', 2 * HOUR);
    const jobs = await installation.start({ enabled: false });
    await assert.rejects(jobs.cleanup.request({ dryRun: false }), (error) => {
      return error instanceof RunRefused && error.message.includes('CLEANUP_ENABLED');
    });
    const run = await installation.run(jobs, true);
    assert.equal(run.counts.tempDirs, 1);
    assert.ok(await files.has('tmp/a/file'));
    assert.equal(await scheduled(), 0);
  });

  test('dry: every run is, and a real one is refused', async () => {
    await files.write('tmp/a/file', 2 * HOUR);
    const jobs = await installation.start({ dryRun: true });
    await assert.rejects(jobs.cleanup.request({ dryRun: false }), (error) => {
      return error instanceof RunRefused && error.message.includes('CLEANUP_DRY_RUN');
    });
    await installation.run(jobs, true);
    const run = await comesByItself();
    assert.equal(run.dryRun, true);
    assert.ok(await files.has('tmp/a/file'));
    assert.equal(await scheduled(), 1);
  });

  test('enabled: it comes by itself', async () => {
    await files.write('tmp/a/file', 2 * HOUR);
    await installation.start();
    assert.equal(await scheduled(), 1);
    const run = await comesByItself();
    assert.deepEqual([run.trigger, run.dryRun, run.state], ['schedule', false, 'completed']);
    assert.equal(await files.has('tmp/a'), false);
  });

  test('a schedule goes with its setting', async () => {
    await (await installation.start()).close();
    assert.equal(await scheduled(), 1);
    await installation.start({ enabled: false });
    assert.equal(await scheduled(), 0);
  });

  test('times to live are what counts', async () => {
    await leaveThings();
    const ttl = { tmpDirTtlMinutes: 300, previewBundleTtlHours: 300, logRetentionDays: 300 };
    const run = await installation.run(await installation.start(ttl));
    assert.deepEqual(await installation.actions(run.id), []);
  });

  /** What the schedule puts into the queue. */
  async function comesByItself() {
    await installation.store.query(
      `insert into cloudbrain_jobs.job (id, name, policy, expire_seconds)
        values (gen_random_uuid(), 'cleanup', 'singleton', 900)`,
    );
    return eventually('a run by itself', async () => {
      const run = await installation.cleanup.lastRun(installation.workspaceId);
      return run?.trigger === 'schedule' && run.endedAt ? run : null;
    });
  }
});

test('what came back to life since it was listed is spared', async () => {
  await files.write('tmp/a/file', 2 * HOUR);
  for (let i = 0; i < 200; i++) await files.write(`tmp/b${i}/file`, 2 * HOUR);
  const jobs = await installation.start();
  const { id } = await jobs.cleanup.request({ dryRun: false });
  // Touched at any moment of the run, it is either gone as a whole or there as a whole.
  await files.age(0, join(files.data, 'tmp/a/file')).catch(() => {});
  const run = await installation.ended(id);
  const gone = (await installation.actions(id)).some(({ path }) => path === 'tmp/a');
  assert.equal(await files.has('tmp/a/file'), !gone);
  assert.equal(run.counts.tempDirs, gone ? 201 : 200);
});

test('two replicas never run at the same time, and no run is lost', async () => {
  const replicas = [await installation.start(), await installation.start()];
  const asked: string[] = [];
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 20; i++) await files.write(`tmp/${round}-${i}/file`, 2 * HOUR);
    for (const jobs of replicas) asked.push((await jobs.cleanup.request({ dryRun: false })).id);
  }
  const runs = [];
  for (const id of asked) runs.push(await installation.ended(id));
  assert.ok(
    runs.every(({ state }) => state === 'completed'),
    JSON.stringify(runs),
  );
  assert.equal(
    runs.reduce((sum, { counts }) => sum + counts.tempDirs, 0),
    80,
  );
  const spans = runs
    .map(
      ({ startedAt, endedAt }) => [Date.parse(startedAt ?? ''), Date.parse(endedAt ?? '')] as const,
    )
    .sort(([a], [b]) => a - b);
  for (const [index, [start]] of spans.entries()) {
    const before = spans[index - 1];
    if (before) assert.ok(start >= before[1], 'two runs at the same time');
  }
  assert.deepEqual(installation.errors, []);
});

test('a stop in the middle of a run is quick, and the run says so', async () => {
  for (let i = 0; i < 3000; i++) await files.directory(`tmp/${i}`, 2 * HOUR);
  const jobs = await installation.start();
  const { id } = await jobs.cleanup.request({ dryRun: false });
  await eventually('deletions', async () => {
    const run = await installation.cleanup.getRun(installation.workspaceId, id);
    return run && run.counts.tempDirs > 0;
  });
  const began = performance.now();
  await jobs.close();
  assert.ok(performance.now() - began < patience(10_000), 'it took too long');
  const run = await installation.ended(id);
  assert.deepEqual([run.state, run.error], ['failed', 'The service is shutting down']);
  const left = (await readdir(join(files.data, 'tmp'))).length;
  assert.equal(left, 3000 - run.counts.tempDirs);
  assert.equal((await installation.actions(id)).length, run.counts.tempDirs);
});

test('what runs deleted adds up, and stays when the runs are forgotten', async () => {
  const jobs = await installation.start();
  await leaveThings();
  await installation.run(jobs);
  await files.write('tmp/more/file', 2 * HOUR);
  const run = await installation.run(jobs);
  await installation.store.asSystem((tx) =>
    tx.updateTable('cleanup_runs').set({ ended_at: '2020-01-01T00:00:00Z' }).execute(),
  );
  const last = await installation.run(jobs);
  // The run forgets after it has ended.
  await eventually('the old runs to be forgotten', async () => {
    return !(await installation.cleanup.getRun(installation.workspaceId, run.id));
  });
  assert.deepEqual(await installation.actions(), []);
  const { deleted, lastRunAt } = await installation.cleanup.totals();
  assert.deepEqual([...deleted].sort(), [
    ['log', 1],
    ['object', 1],
    ['preview_bundle', 1],
    ['temp_dir', 2],
  ]);
  assert.equal(lastRunAt, Date.parse(last.endedAt ?? ''));
});

test('other workspaces see nothing of it', async () => {
  await leaveThings();
  const run = await installation.run(await installation.start());
  const other = '01900000-0000-7000-8000-000000000000';
  assert.equal(await installation.cleanup.getRun(other, run.id), null);
  assert.equal(await installation.cleanup.lastRun(other), null);
  assert.deepEqual(await installation.cleanup.listActions(other, {}, { from: null, limit: 10 }), {
    entries: [],
    next: null,
    previous: null,
  });
});

/** Permissions don't hold for root. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
