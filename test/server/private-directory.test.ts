import assert from 'node:assert/strict';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { random } from '../../server/demo/random.ts';
import { protectDirectory } from '../../server/config/directory.ts';
import { makePrivate, NotPrivateError } from '../../server/config/private.ts';
import { seed } from '../support/effort.ts';
import { ServiceProcess } from '../support/service-process.ts';

const isRoot = process.geteuid?.() === 0;

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'cloudbrain-test-'));
});
after(() => rm(scratch, { recursive: true, force: true }));

/** A directory and all in it, links apart; what a running service removes meanwhile is left out. */
async function all(path: string): Promise<{ path: string; mode: number; isFolder: boolean }[]> {
  const stats = await lstat(path).catch(() => null);
  if (!stats || stats.isSymbolicLink()) return [];
  const isFolder = stats.isDirectory();
  const names = isFolder ? await readdir(path) : [];
  const inner = await Promise.all(names.map((name) => all(join(path, name))));
  return [{ path, mode: stats.mode & 0o7777, isFolder }, ...inner.flat()];
}

/** All that somebody else may do something with. */
const open = async (directory: string): Promise<string[]> =>
  (await all(directory))
    .filter(({ mode }) => mode & 0o7077)
    .map(({ path, mode }) => `${path} ${mode.toString(8)}`);

async function openAll(directory: string): Promise<void> {
  for (const { path, isFolder } of await all(directory)) {
    await chmod(path, isFolder ? 0o777 : 0o666);
  }
}

describe(`a directory (seed ${seed})`, () => {
  test('is private afterwards, whatever modes it had, and nothing that it links to has changed', async () => {
    const r = random(seed);
    const outside = join(scratch, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'file'), 'x');
    await chmod(join(outside, 'file'), 0o666);
    await chmod(outside, 0o777);
    for (let round = 0; round < 30; round++) {
      const top = join(scratch, `tree-${round}`);
      const folders: [string, ...string[]] = [top];
      await mkdir(top);
      const modes: [string, number][] = [[top, r.whole(0, 0o777) | 0o700]];
      for (let n = r.whole(1, 20); n > 0; n--) {
        const path = join(r.pick(folders), `entry-${n}`);
        const kind = r.pick(['file', 'folder', 'link']);
        if (kind === 'link') {
          await symlink(r.pick([outside, join(outside, 'file'), 'nowhere', '..']), path);
          continue;
        }
        if (kind === 'file') await writeFile(path, 'x');
        else await mkdir(path);
        if (kind === 'folder') folders.push(path);
        modes.push([path, r.whole(0, 0o7777) | (kind === 'folder' ? 0o700 : 0o400)]);
      }
      for (const [path, mode] of modes.toReversed()) await chmod(path, mode);
      await makePrivate(top);
      assert.deepEqual(await open(top), []);
      for (const [path, mode] of modes) {
        assert.equal((await stat(path)).mode & 0o777, mode & 0o700, 'its owner’s rights stay');
      }
    }
    assert.equal((await stat(outside)).mode & 0o777, 0o777);
    assert.equal((await stat(join(outside, 'file'))).mode & 0o777, 0o666);
  });

  test('may be named by a link, and hold a socket', async (t) => {
    const top = join(scratch, 'real');
    await mkdir(top);
    await chmod(top, 0o755);
    await symlink(top, join(scratch, 'alias'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(top, 'a.sock'), resolve));
    t.after(() => server.close());
    await makePrivate(join(scratch, 'alias'));
    assert.deepEqual(await open(top), []);
  });

  test(
    'in which something is somebody else’s is refused, where it is ours',
    { skip: !isRoot },
    async () => {
      const top = join(scratch, 'foreign');
      await mkdir(join(top, 'logs'), { recursive: true });
      await writeFile(join(top, 'logs', 'agent.log'), 'x');
      await chown(join(top, 'logs', 'agent.log'), 1234, 1234);
      await chmod(join(top, 'logs'), 0o1777);
      await makePrivate(top, ['logs']);
      await assert.rejects(makePrivate(top), NotPrivateError);
      await writeFile(join(top, 'secret'), 'x');
      await chown(join(top, 'secret'), 1234, 1234);
      await assert.rejects(makePrivate(top, ['logs']), /secret belongs to user 1234/);
    },
  );
});

test('a directory keeps the modes of folders that are shared, at each start', async () => {
  const top = join(scratch, 'shared');
  const modes = { previews: 0o2775, tmp: 0o1777, logs: 0o755, state: 0o777 };
  await mkdir(top, { mode: 0o700 });
  for (const [name, mode] of Object.entries(modes)) {
    await mkdir(join(top, name));
    await writeFile(join(top, name, 'file'), 'x');
    await chmod(join(top, name, 'file'), 0o664);
    await chmod(join(top, name), mode);
  }
  for (let start = 0; start < 2; start++) {
    await protectDirectory(top);
    const found = (await all(top)).map(({ path, mode }) => [path.slice(top.length + 1), mode]);
    assert.deepEqual(Object.fromEntries(found), {
      '': 0o711,
      previews: 0o2775,
      'previews/file': 0o664,
      tmp: 0o1777,
      'tmp/file': 0o664,
      logs: 0o700,
      'logs/file': 0o664,
      state: 0o700,
      'state/file': 0o600,
    });
  }
});

test('a service keeps what it writes from others, and mends the directory of an older one', async (t) => {
  const service = await ServiceProcess.start();
  t.after(() => service.close());
  const { dataDir } = service;
  assert.deepEqual(await open(dataDir), [], 'a new one');

  await service.stop();
  await mkdir(join(dataDir, 'logs', 'deep'), { recursive: true });
  await writeFile(join(dataDir, 'logs', 'deep', 'agent.log'), 'x');
  await writeFile(join(dataDir, 'demo.json'), '{}');
  const outside = join(scratch, 'linked');
  await writeFile(outside, 'x');
  await chmod(outside, 0o644);
  await symlink(outside, join(dataDir, 'link'));
  await openAll(dataDir);
  for (const path of ['logs/deep/agent.log', 'logs/deep', 'logs']) {
    await chmod(join(dataDir, path), path === 'logs' ? 0o755 : 0o700);
  }
  await service.start();
  assert.deepEqual(await open(dataDir), [], 'an old one');
  assert.equal((await stat(outside)).mode & 0o777, 0o644);
  const sent = await fetch(`${service.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': service.key },
    body: '{"resourceSpans":[]}',
  });
  assert.equal(sent.status, 200);
  await service.stop();
  assert.deepEqual(await open(dataDir), [], 'after its end');

  if (!isRoot) return;
  await chown(join(dataDir, 'secret'), 1234, 1234);
  await assert.rejects(
    service.start(),
    /can't be used: .*secret belongs to user 1234, and the service runs as user 0: change its owner/,
  );
  await chown(join(dataDir, 'secret'), 0, 0);
});
