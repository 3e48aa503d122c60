import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ConfinementError, Folder, nameOf } from '../../../server/storage/folder.ts';
import { measure, removeTree } from '../../../server/storage/tree.ts';

const limits = { entries: 1000 };
let base: string;
let data: string;
let outside: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'cloudbrain-storage-'));
  data = join(base, 'data');
  outside = join(base, 'outside');
  await write('outside/precious.txt', 'precious');
});

afterEach(() => rm(base, { recursive: true, force: true }));

async function write(path: string, text = 'text'): Promise<void> {
  const file = join(base, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function outsideIsWhole(): Promise<void> {
  assert.equal(await readFile(join(outside, 'precious.txt'), 'utf8'), 'precious');
}

for (const anchored of [true, false]) {
  const how = anchored ? 'held open' : 'recognised by identity';
  const skip = anchored && process.platform !== 'linux';

  describe(`a tree in a folder that is ${how}`, { skip }, () => {
    test('is measured: bytes, entries, the newest change anywhere in it', async () => {
      await write('data/job/a.txt', 'four');
      await write('data/job/deep/er/b.txt', 'seven.7');
      const old = new Date('2026-01-01T00:00:00Z');
      const newer = new Date('2026-02-01T00:00:07Z');
      for (const path of ['a.txt', 'deep/er/b.txt', 'deep/er', 'deep', '.']) {
        await utimes(join(data, 'job', path), old, path === 'deep/er/b.txt' ? newer : old);
      }
      await using folder = await Folder.open(data, anchored);
      const measured = await measure(folder, 'job', limits);
      assert.equal(measured.bytes, 11);
      assert.equal(measured.entries, 5);
      assert.equal(measured.newestMs, newer.getTime());
    });

    test('is removed with links in it, and what they lead to is not', async () => {
      await write('data/job/a.txt');
      await symlink(outside, join(data, 'job/directory'));
      await symlink(join(outside, 'precious.txt'), join(data, 'job/file'));
      await symlink('/nowhere/at/all', join(data, 'job/dangling'));
      await symlink('..', join(data, 'job/parent'));
      await using folder = await Folder.open(data, anchored);
      const { identity, entries } = await measure(folder, 'job', limits);
      assert.equal(entries, 6);
      await removeTree(folder, 'job', identity);
      assert.deepEqual(await readdir(data), []);
      await outsideIsWhole();
    });

    test('is left alone when it was swapped for a link after it was listed', async () => {
      await write('data/job/a.txt');
      await using folder = await Folder.open(data, anchored);
      const { identity } = await measure(folder, 'job', limits);
      await rename(join(data, 'job'), join(base, 'aside'));
      await symlink(outside, join(data, 'job'));
      await assert.rejects(removeTree(folder, 'job', identity), ConfinementError);
      await outsideIsWhole();
    });

    test('is left alone when another one took its name', async () => {
      await write('data/job/a.txt');
      await using folder = await Folder.open(data, anchored);
      const { identity } = await measure(folder, 'job', limits);
      await rename(join(data, 'job'), join(base, 'aside'));
      await write('data/job/new.txt');
      await assert.rejects(removeTree(folder, 'job', identity), ConfinementError);
      assert.deepEqual(await readdir(join(data, 'job')), ['new.txt']);
    });

    test('is not taken from elsewhere when its parent was swapped for a link', async () => {
      await write('data/job/a.txt');
      await write('outside/job/a.txt');
      await using folder = await Folder.open(data, anchored);
      const { identity } = await measure(folder, 'job', limits);
      await rename(data, join(base, 'aside'));
      await symlink(outside, data);
      if (anchored) await removeTree(folder, 'job', identity);
      else await assert.rejects(removeTree(folder, 'job', identity), ConfinementError);
      assert.deepEqual(await readdir(join(outside, 'job')), ['a.txt']);
    });

    test('that has more entries than may be listed is refused', async () => {
      for (let i = 0; i < 20; i++) await write(`data/job/${i}`);
      await using folder = await Folder.open(data, anchored);
      await assert.rejects(measure(folder, 'job', { entries: 10 }), /more than 10 files/);
    });

    test('of hundreds of files goes, whatever their names', async () => {
      for (let i = 0; i < 300; i++) await write(`data/job/${i % 7}/file ${i} ä`);
      await writeFile(Buffer.from(`${data}/job/\xff\xfe broken`, 'latin1'), 'not UTF-8');
      await using folder = await Folder.open(data, anchored);
      const { identity } = await measure(folder, 'job', limits);
      await removeTree(folder, 'job', identity);
      assert.deepEqual(await readdir(data), []);
    });

    test('is gone already: the error says so', async () => {
      await mkdir(data);
      await using folder = await Folder.open(data, anchored);
      await assert.rejects(measure(folder, 'job', limits), { code: 'ENOENT' });
    });

    test('stops between two files when told to', async () => {
      await write('data/job/a.txt');
      await using folder = await Folder.open(data, anchored);
      const { identity } = await measure(folder, 'job', limits);
      const stop = AbortSignal.abort(new Error('going down'));
      await assert.rejects(removeTree(folder, 'job', identity, stop), /going down/);
      assert.deepEqual(await readdir(join(data, 'job')), ['a.txt']);
    });

    test('a link, a file or a path is no folder', async () => {
      await write('data/file');
      await symlink(outside, join(data, 'link'));
      await using folder = await Folder.open(data, anchored);
      await assert.rejects(folder.openChild('link'), ConfinementError);
      await assert.rejects(folder.openChild('file'), ConfinementError);
      for (const name of ['..', '.', '', 'link/precious.txt', '/etc', 'a\0b']) {
        await assert.rejects(folder.unlink(nameOf(name)), ConfinementError);
      }
      await outsideIsWhole();
    });
  });
}

test('a tree too deep is refused before it holds too many folders open', async () => {
  await mkdir(join(data, 'job', ...Array<string>(120).fill('d')), { recursive: true });
  await using folder = await Folder.open(data);
  await assert.rejects(measure(folder, 'job', limits), /deeper than 100/);
});

test('a tree with something mounted in it is refused', async (t) => {
  const mounted = join(data, 'job/mounted');
  await mkdir(mounted, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', mounted], { stdio: 'ignore' });
  } catch {
    t.skip('only where this user may mount');
    return;
  }
  try {
    await using folder = await Folder.open(data);
    await assert.rejects(measure(folder, 'job', limits), /another file system/);
  } finally {
    execFileSync('umount', [mounted]);
  }
});

test('what may not be read or removed is an error of the operating system', async () => {
  await write('data/job/locked/file');
  await chmod(join(data, 'job/locked'), 0o500);
  await using folder = await Folder.open(data);
  const { identity } = await measure(folder, 'job', limits);
  await asNobody(async () => {
    await assert.rejects(removeTree(folder, 'job', identity), { code: 'EACCES' });
  });
  assert.deepEqual(await readdir(join(data, 'job/locked')), ['file']);
  await chmod(join(data, 'job/locked'), 0o700);
});

/** Permissions don't hold for root. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
