import type { TokenStorage } from '@cloudbrain/sdk';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The folder of a user's settings, by the conventions of the system. */
export function configFolder(env: NodeJS.ProcessEnv): string {
  const base =
    env.XDG_CONFIG_HOME ||
    (process.platform === 'win32' && env.APPDATA) ||
    join(env.HOME || homedir(), '.config');
  return join(base, 'cloudbrain');
}

/** The login at a server: a session or a key. */
interface Kept {
  baseUrl: string;
  session?: string;
  apiKey?: string;
  /** Makes this machine known to the server, also after a logout. */
  device?: string;
}

/**
 * The state between commands, in files that only their owner may read: the login at each server, and
 * the server of the last one.
 */
export class Keep {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The server of the last login. */
  async lastServer(): Promise<string | undefined> {
    const { baseUrl } = (await read<{ baseUrl?: string }>(this.#settings)) ?? {};
    return baseUrl;
  }

  async apiKey(baseUrl: string): Promise<string | undefined> {
    return (await this.#at(baseUrl))?.apiKey;
  }

  /** Whether there is a session for a server. */
  async hasSession(baseUrl: string): Promise<boolean> {
    return (await this.#at(baseUrl))?.session !== undefined;
  }

  /** Keeps a key; it replaces the login at this server. */
  async setApiKey(baseUrl: string, apiKey: string): Promise<void> {
    const { device } = (await this.#at(baseUrl)) ?? {};
    await this.#put({ baseUrl, apiKey, ...(device !== undefined && { device }) });
  }

  async setLastServer(baseUrl: string): Promise<void> {
    await write(this.#settings, { baseUrl });
  }

  /** Forgets the login at a server. */
  async forget(baseUrl: string): Promise<void> {
    const { device } = (await this.#at(baseUrl)) ?? {};
    if (device === undefined) await rm(this.#fileOf(baseUrl), { force: true });
    else await this.#put({ baseUrl, device });
  }

  /** The SDK's storage for a session. */
  storageFor(baseUrl: string): TokenStorage {
    return {
      getItem: async (name) => (await this.#at(baseUrl))?.[partOf(name)] ?? null,
      setItem: async (name, value) => {
        const { session, device } = (await this.#at(baseUrl)) ?? {};
        const kept = { ...(session !== undefined && { session }), ...(device && { device }) };
        await this.#put({ baseUrl, ...kept, [partOf(name)]: value });
      },
      removeItem: () => this.forget(baseUrl),
    };
  }

  get #settings(): string {
    return join(this.folder, 'config.json');
  }

  /** One file per server, so that concurrent commands for two of them don't overwrite each other. */
  #fileOf(baseUrl: string): string {
    const name = createHash('sha256').update(baseUrl).digest('hex').slice(0, 32);
    return join(this.folder, 'servers', `${name}.json`);
  }

  async #at(baseUrl: string): Promise<Kept | undefined> {
    const kept = await read<Kept>(this.#fileOf(baseUrl));
    return kept?.baseUrl === baseUrl ? kept : undefined;
  }

  async #put(kept: Kept): Promise<void> {
    await write(this.#fileOf(kept.baseUrl), kept);
  }
}

/** Which part of a login the SDK's name stands for. */
const partOf = (name: string): 'session' | 'device' =>
  name.endsWith(':device') ? 'device' : 'session';

/** Closes to others what an older version, or a copy, has left open. */
async function close(path: string, mode: number): Promise<void> {
  const stats = await lstat(path);
  const isOurs = stats.uid === process.geteuid?.() && !stats.isSymbolicLink();
  if (isOurs && stats.mode & 0o077) await chmod(path, mode);
}

/** `undefined` for a file that is missing or damaged. */
async function read<T>(file: string): Promise<T | undefined> {
  try {
    await close(file, 0o600);
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Writes a file whole or not at all, readable by its owner only from the start. */
async function write(file: string, value: unknown): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await close(folder, 0o700);
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, JSON.stringify(value), { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
