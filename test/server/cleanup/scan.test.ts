import assert from 'node:assert/strict';
import { rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Budget, BudgetSpent } from '../../../server/jobs/cleanup/budget.ts';
import type { Candidate, ScanContext } from '../../../server/jobs/cleanup/candidate.ts';
import { scan } from '../../../server/jobs/cleanup/scan.ts';
import { Folder } from '../../../server/storage/folder.ts';
import { DAY, Files, HOUR, MINUTE } from './files.ts';

const settings = {
  enabled: true,
  dryRun: false,
  tmpDirTtlMinutes: 60,
  previewBundleTtlHours: 24,
  logRetentionDays: 7,
};

let files: Files;
/** `<project>/<job>` of the jobs that there are, and whether they are being built. */
let jobs: Map<string, { building: boolean }>;

beforeEach(async () => {
  files = await Files.create();
  jobs = new Map();
});
afterEach(() => files.remove());

async function list(changes: Partial<ScanContext> = {}): Promise<Candidate[]> {
  await using data = await Folder.open(files.data);
  const found: Candidate[] = [];
  const context: ScanContext = {
    settings,
    now: files.now,
    budget: new Budget(),
    signal: new AbortController().signal,
    findJobs: async (keys) => keys.map(({ project, job }) => jobs.get(`${project}/${job}`) ?? null),
    ...changes,
  };
  for await (const candidate of scan(data, context)) found.push(candidate);
  return found;
}

const brief = (found: readonly Candidate[]): string[] =>
  found.map(({ type, path, reason, sizeBytes }) => `${type} ${path} ${reason} ${sizeBytes}`).sort();

describe('preview bundles', () => {
  test('are expired once nothing in them is younger than the time to live', async () => {
    await files.write('previews/101/expired/bundle.zip', 25 * HOUR, 'four');
    await files.write('previews/101/expired/deep/er.log', 26 * HOUR, 'six...');
    await files.age(25 * HOUR, join(files.data, 'previews/101/expired'));
    await files.write('previews/101/young/bundle.zip', HOUR);
    await files.write('previews/102/touched/bundle.zip', 30 * HOUR);
    await files.age(HOUR, join(files.data, 'previews/102/touched/bundle.zip'));
    assert.deepEqual(brief(await list()), ['preview_bundle previews/101/expired expired 10']);
  });

  test('of exactly that age are not, a moment later they are', async () => {
    await files.write('previews/101/job/bundle.zip', 24 * HOUR);
    assert.deepEqual(await list(), []);
    assert.equal((await list({ now: files.now + 1 })).length, 1);
  });

  test('are left alone while they are being built', async () => {
    await files.write('previews/101/building/bundle.zip', 30 * HOUR);
    await files.write('previews/101/built/bundle.zip', 30 * HOUR);
    await files.write('previews/102/building/bundle.zip', 30 * HOUR);
    jobs.set('101/building', { building: true }).set('101/built', { building: false });
    assert.deepEqual(brief(await list()), [
      'preview_bundle previews/101/built expired 4',
      'preview_bundle previews/102/building expired 4',
    ]);
  });

  test('may be files, or whole projects that nothing is in', async () => {
    await files.write('previews/stray.zip', 30 * HOUR);
    await files.write('previews/101/bundle.zip', 30 * HOUR);
    await files.directory('previews/102', 30 * HOUR);
    await files.directory('previews/103', HOUR);
    assert.deepEqual(brief(await list()), [
      'preview_bundle previews/101/bundle.zip expired 4',
      'preview_bundle previews/102 expired 0',
      'preview_bundle previews/stray.zip expired 4',
    ]);
  });
});

describe('temporary directories', () => {
  test('are abandoned once nothing in them was touched for that long', async () => {
    await files.write('tmp/abandoned/a/b', 61 * MINUTE);
    await files.write('tmp/at-work/a/b', 61 * MINUTE);
    await files.age(59 * MINUTE, join(files.data, 'tmp/at-work/a/b'));
    await files.directory('tmp/empty', 61 * MINUTE);
    await files.write('tmp/file', 61 * MINUTE);
    await files.write('tmp/edge', 60 * MINUTE);
    assert.deepEqual(brief(await list()), [
      'temp_dir tmp/abandoned abandoned 4',
      'temp_dir tmp/empty abandoned 0',
      'temp_dir tmp/file abandoned 4',
    ]);
  });
});

describe('bundle objects', () => {
  test('are orphaned where there is no such job of that project', async () => {
    jobs.set('101/kept', { building: false });
    await files.write('objects/previews/101/kept/bundle.zip', 90 * DAY);
    await files.write('objects/previews/101/gone/bundle.zip', 2 * HOUR);
    await files.write('objects/previews/101/gone/logs/build.log', 2 * HOUR);
    await files.write('objects/previews/102/kept/bundle.zip', 2 * HOUR);
    await files.write('objects/previews/stray.zip', 2 * HOUR);
    assert.deepEqual(brief(await list()), [
      'object objects/previews/101/gone/bundle.zip orphaned 4',
      'object objects/previews/101/gone/logs/build.log orphaned 4',
      'object objects/previews/102/kept/bundle.zip orphaned 4',
      'object objects/previews/stray.zip orphaned 4',
    ]);
  });

  test('may be on their way up for as long as a temporary directory may be at work', async () => {
    await files.write('objects/previews/101/new/bundle.zip', 59 * MINUTE);
    assert.deepEqual(await list(), []);
  });

  test('of other kinds are not ours', async () => {
    await files.write('objects/exports/2026.csv', 900 * DAY);
    assert.deepEqual(await list(), []);
  });

  test('are looked up a batch at a time', async () => {
    for (let i = 0; i < 450; i++) await files.write(`objects/previews/1/${i}/b`, 2 * HOUR);
    const asked: number[] = [];
    const found = await list({
      findJobs: async (keys) => {
        asked.push(keys.length);
        return keys.map(({ job }) => (Number(job) % 2 ? { building: false } : null));
      },
    });
    assert.equal(found.length, 225);
    assert.deepEqual(asked, [200, 200, 50]);
  });
});

describe('logs', () => {
  test('go by their own age, however deep; nothing else in their directory does', async () => {
    await files.write('logs/old.log', 8 * DAY);
    await files.write('logs/rotated.log.1', 8 * DAY);
    await files.write('logs/rotated.log.2.gz', 8 * DAY);
    await files.write('logs/edge.log', 7 * DAY);
    await files.write('logs/young.log', DAY);
    await files.write('logs/notes.txt', 80 * DAY);
    await files.write('logs/sub.log/inner.log', 80 * DAY);
    await files.write('logs/sub.log/young.log', DAY);
    await files.link('logs/current.log', 'young.log', 80 * DAY);
    assert.deepEqual(brief(await list()), [
      'log logs/old.log ttl_exceeded 4',
      'log logs/rotated.log.1 ttl_exceeded 4',
      'log logs/rotated.log.2.gz ttl_exceeded 4',
      'log logs/sub.log/inner.log ttl_exceeded 4',
    ]);
  });
});

describe('links', () => {
  test('are things of their own: never what they lead to', async () => {
    await files.link('previews/101/job', files.outside, 30 * HOUR);
    await files.link('previews/102', files.outside, 30 * HOUR);
    await files.link('tmp/outside', files.outside, 2 * HOUR);
    await files.link('tmp/dangling', '/nowhere', 2 * HOUR);
    await files.link('tmp/young', files.outside, MINUTE);
    await files.link('objects/previews/101/a/bundle.zip', files.outside, 2 * HOUR);
    await files.link('objects/previews/102', files.outside, 2 * HOUR);
    const found = await list();
    assert.deepEqual(found.map(({ path }) => path).sort(), [
      'objects/previews/101/a/bundle.zip',
      'objects/previews/102',
      'previews/101/job',
      'previews/102',
      'tmp/dangling',
      'tmp/outside',
    ]);
    assert.ok(found.every(({ sizeBytes }) => sizeBytes !== null && sizeBytes < 200));
  });

  test('that stand for a whole area are not followed, and said to be there', async () => {
    await files.write('tmp/abandoned/file', 2 * HOUR);
    for (const area of ['previews', 'logs', 'objects']) {
      await symlink(files.outside, join(files.data, area));
    }
    const found = await list();
    assert.deepEqual(found.map(({ path, problem }) => [path, problem]).sort(), [
      ['logs', 'It is not a directory.'],
      ['objects', 'It is not a directory.'],
      ['previews', 'It is not a directory.'],
      ['tmp/abandoned', null],
    ]);
  });

  test('that take a directory’s place while it is being listed are not followed', async () => {
    for (let i = 0; i < 5; i++) await files.write(`previews/${i}/job/bundle.zip`, 30 * HOUR);
    const swapped = new Set<string>();
    const found = await list({
      findJobs: async (keys) => {
        // While the first project is looked up, the others are swapped.
        for (const name of ['0', '1', '2', '3', '4']) {
          if (swapped.has(name) || keys.some(({ project }) => project === name)) continue;
          swapped.add(name);
          await rename(join(files.data, 'previews', name), join(files.base, `aside-${name}`));
          await symlink(files.outside, join(files.data, 'previews', name));
        }
        return keys.map(() => null);
      },
    });
    // The links are new, so they are not expired; the one project that was listed is.
    assert.equal(found.length, 1);
    assert.match(found[0]?.path ?? '', /^previews\/\d\/job$/);
  });
});

describe('limits', () => {
  test('a run lists so many files and no more', async () => {
    for (let i = 0; i < 30; i++) await files.write(`tmp/${i}/file`, 2 * HOUR);
    const budget = new Budget({ entries: 40 });
    await assert.rejects(list({ budget }), BudgetSpent);
  });

  test('a run deletes so much and no more', async () => {
    for (let i = 0; i < 30; i++) await files.write(`tmp/${i}/file`, 2 * HOUR);
    const budget = new Budget({ candidates: 10 });
    await assert.rejects(list({ budget }), /after 10 deletions/);
  });

  test('one directory gone wild is a problem of its own, and the rest is listed', async () => {
    for (let i = 0; i < 30; i++) await files.write(`tmp/wild/${i}`, 2 * HOUR);
    await files.write('tmp/tame/file', 2 * HOUR);
    const found = await list({ budget: new Budget({ perTree: 20 }) });
    assert.deepEqual(found.map(({ path, problem }) => [path, problem]).sort(), [
      ['tmp/tame', null],
      ['tmp/wild', 'It holds more than 20 files.'],
    ]);
  });

  test('a run that is told to stop stops', async () => {
    await files.write('tmp/a/file', 2 * HOUR);
    await assert.rejects(list({ signal: AbortSignal.abort(new Error('enough')) }), /enough/);
  });
});

test('an empty data directory has nothing to clean up', async () => {
  assert.deepEqual(await list(), []);
});

test('nothing but the four areas is looked at', async () => {
  await files.write('database/base/1', 900 * DAY);
  await files.write('secret', 900 * DAY);
  assert.deepEqual(await list(), []);
});
