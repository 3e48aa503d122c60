import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { createServer, connect, type Server } from 'node:net';
import { randomUUID } from 'node:crypto';
import { socketIn } from './socket.ts';

/** The data directory is in use by another process. */
export class DirectoryHeldError extends Error {
  readonly directory: string;
  constructor(directory: string) {
    super(`The data directory ${directory} is in use by another running process`);
    this.name = 'DirectoryHeldError';
    this.directory = directory;
  }
}

/**
 * Holds a directory for this process by listening on a Unix socket in it: two processes on one
 * PGlite directory corrupt it silently. The kernel closes the socket however the process ends,
 * and unlike a pid in a file it does not lie across containers.
 * @throws DirectoryHeldError where another process holds it
 */
export async function holdDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { path, close } = await socketIn(directory, 'lock.sock');
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      const server = await listen(path);
      if (server) {
        await chmod(path, 0o600);
        return async () => {
          await new Promise((resolve) => server.close(resolve));
          await close();
        };
      }
      if (!(await clearStale(path))) throw new DirectoryHeldError(directory);
    }
    throw new DirectoryHeldError(directory);
  } catch (error) {
    await close();
    throw error;
  }
}

function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

/**
 * Removes the socket that a killed process left. It is moved aside first and asked again there:
 * another process that starts at the same moment may have replaced it with a live one.
 */
async function clearStale(path: string): Promise<boolean> {
  if (await answers(path)) return false;
  const aside = `${path}.${randomUUID().slice(0, 8)}`;
  try {
    await rename(path, aside);
  } catch {
    return true;
  }
  if (await answers(aside)) {
    await rename(aside, path);
    return false;
  }
  await rm(aside, { force: true });
  return true;
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
