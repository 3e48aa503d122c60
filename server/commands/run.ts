import { text } from 'node:stream/consumers';
import { readCommand, UsageError, type CommandValues } from './commands.ts';
import { askHolder } from './socket.ts';
import type { Config } from '../config/config.ts';
import { prepareDirectory, protectDirectory } from '../config/directory.ts';
import { openConfigured } from '../open-store.ts';
import { DirectoryHeldError } from '../store/database/pglite/lock.ts';
import { TenancyStore } from '../store/tenancy/tenancy.ts';

const LEAST_PASSWORD = 8;
const MOST_PASSWORD = 1_024;

/**
 * Runs a command that makes something: in the database itself, or by the service that holds it.
 * @returns what it made, line by line
 * @throws UsageError, StartError or ProvisioningError, in one line
 */
export async function runCommand(
  readConfig: () => Config,
  words: readonly string[],
  values: CommandValues,
): Promise<string[]> {
  const work = readCommand(words, values);
  const { databaseUrl, dataDir } = readConfig();
  const password = values['password-stdin'] ? await passwordFromStdin() : undefined;
  if (databaseUrl === undefined) {
    await prepareDirectory(dataDir);
    await protectDirectory(dataDir);
  }
  const store = await openConfigured({ databaseUrl, dataDir }).catch((error: unknown) => {
    if (error instanceof DirectoryHeldError) return null;
    throw error;
  });
  if (!store) return askHolder(dataDir, { words, values, password });
  try {
    return await work({ store, tenancy: new TenancyStore(store), password });
  } finally {
    await store.close();
  }
}

async function passwordFromStdin(): Promise<string> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password.length < LEAST_PASSWORD) {
    throw new UsageError(`A password has at least ${LEAST_PASSWORD} characters.`);
  }
  if (password.length > MOST_PASSWORD) {
    throw new UsageError(`A password has at most ${MOST_PASSWORD} characters.`);
  }
  return password;
}
