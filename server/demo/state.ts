import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the demo remembers from one start to the next, in `demo.json` of the data directory. */
export interface DemoState {
  /** Where the history ends, epoch ms: the same end gives the same bytes again. */
  until: number;
  /** Whether all of the history has been sent. */
  sent: boolean;
  /** The admin's password, made for the demo; absent where the directory had its own before. */
  password?: string;
  /** Likewise the ingest key that is shown. */
  ingestKey?: string;
}

/**
 * What is remembered, or what a first start begins with.
 * @param makeSecrets for a directory that is new
 */
export async function readState(
  dataDir: string,
  now: number,
  makeSecrets: () => Required<Pick<DemoState, 'password' | 'ingestKey'>>,
): Promise<DemoState> {
  const text = await readFile(file(dataDir), 'utf8').catch(() => null);
  if (text !== null) return JSON.parse(text) as DemoState;
  const state: DemoState = { until: now, sent: false };
  // A directory that is in use already keeps its password and keys.
  if (existsSync(join(dataDir, 'database'))) return state;
  return { ...state, ...makeSecrets() };
}

export async function writeState(dataDir: string, state: DemoState): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(file(dataDir), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  // One that was there keeps its mode, and it holds a password.
  await chmod(file(dataDir), 0o600);
}

const file = (dataDir: string): string => join(dataDir, 'demo.json');
