import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** A path by which a Unix socket can be reached; it holds until it is closed. */
export interface SocketPath {
  path: string;
  close: () => Promise<void>;
}

/**
 * The path of a Unix socket in a directory. It may have about 100 bytes only; through /proc the
 * directory's depth doesn't count.
 */
export async function socketIn(directory: string, name: string): Promise<SocketPath> {
  const folder = await open(directory);
  const isLong = Buffer.byteLength(directory) > 80 && process.platform === 'linux';
  const base = isLong ? `/proc/self/fd/${folder.fd}` : directory;
  return { path: join(base, name), close: () => folder.close() };
}
