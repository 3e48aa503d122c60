import { type ChildProcess, execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { makeTables } from './empty-database.ts';
import { postgres, redis } from './machine.ts';
import { run, start, stop } from './processes.ts';

/** A private server of a test run. */
export interface PrivateServer {
  url: string;
  /** Stops it and removes its files. */
  close: () => Promise<void>;
}

/** A TCP port that nobody uses at the moment. */
export async function sparePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port to be had.');
  return address.port;
}

/**
 * A TCP port that nobody uses at the moment, nor the one after it. Below those that the system gives
 * to outgoing connections, which would take the second one meanwhile.
 */
export async function sparePortPair(): Promise<number> {
  const isFree = async (port: number): Promise<boolean> => {
    const server = createServer();
    const listening = once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.listen(port, '127.0.0.1');
    const free = await listening;
    server.close();
    return free;
  };
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

/**
 * Resolves with what matched when the program says that it is ready; rejects with its output when
 * it ends first.
 */
export function readyWhen(child: ChildProcess, sign: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (text: string) => {
      output += text;
      const match = sign.exec(output);
      if (match) resolve(match);
    };
    child.stdout?.setEncoding('utf8').on('data', read);
    child.stderr?.setEncoding('utf8').on('data', read);
    child.once('error', reject);
    child.once('close', () => reject(new Error(`It did not start:\n${output}`)));
  });
}

/** PostgreSQL refuses to run as root: there it runs as the user that its package brings. */
function postgresUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}

/** Settings that give up what survives a power cut, for speed. */
const UNSAFE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * A cluster of its own in a temporary directory.
 * @param durable whether a commit waits for the disk, as it does by default; else fast, not safe
 */
export async function startPostgres({ durable = false } = {}): Promise<PrivateServer> {
  const bin = dirname(postgres.find() ?? '');
  const directory = await mkdtemp(join(tmpdir(), 'cloudbrain-postgres-'));
  const close = () => rm(directory, { recursive: true, force: true });
  const user = postgresUser();
  if (user.uid !== undefined && user.gid !== undefined) await chown(directory, user.uid, user.gid);
  const options = { cwd: directory, ...user };
  const data = join(directory, 'data');
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'];
  const made = await run(join(bin, 'initdb'), init, options);
  if (made.code !== 0) {
    await close();
    throw new Error(`initdb failed:\n${made.output}`);
  }
  const port = await sparePort();
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    shared_buffers: '256MB',
    ...(!durable && UNSAFE),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = start(join(bin, 'postgres'), ['-D', data, ...args], options);
  await readyWhen(child, /ready to accept connections/);
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    close: async () => {
      // SIGINT is PostgreSQL's fast shutdown: it doesn't wait for clients.
      await stop(child, 'SIGINT');
      await close();
    },
  };
}

/** A Redis of its own that keeps nothing. */
export async function startRedis(): Promise<PrivateServer> {
  const port = await sparePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = start(redis.find() ?? 'redis-server', args, { cwd: tmpdir() });
  await readyWhen(child, /Ready to accept connections/);
  return { url: `redis://127.0.0.1:${port}`, close: () => stop(child) };
}

/**
 * A PGlite that has all tables and no rows as a directory, its path in `url`: to start as a copy of
 * it takes a twentieth of making one.
 */
export async function dumpPGlite(): Promise<PrivateServer> {
  const directory = await mkdtemp(join(tmpdir(), 'cloudbrain-pglite-'));
  const url = join(directory, 'database');
  await makeTables({ dataDir: directory });
  // Each database fills its buffers with zeros when it starts: 128 MB take longer than all else.
  await appendFile(join(url, 'postgresql.conf'), '\nshared_buffers = 16MB\n');
  // Half of all files belong to template1 and template0, to which nobody connects.
  for (const template of ['1', '4']) {
    const files = join(url, 'base', template);
    await rm(files, { recursive: true });
    await mkdir(files);
  }
  return { url, close: () => rm(directory, { recursive: true, force: true }) };
}
