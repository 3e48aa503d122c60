import { StartError } from './config/start-error.ts';
import { openStore, type Store } from './store/database/database.ts';
import { isUnavailable } from './store/database/errors.ts';
import type { Config } from './config/config.ts';

/** What PostgreSQL refuses a login for: no password of it is told. */
const refusals: Record<string, string> = {
  '28000': 'rejects the login',
  '28P01': 'rejects the password',
  '3D000': 'has no such database',
  '42501': 'grants the login too few privileges',
};

/**
 * Opens the database that the settings name.
 * @throws StartError, in one line, where they don't lead to one that can be used
 * @throws DirectoryHeldError where another process has the embedded database open
 */
export async function openConfigured({
  databaseUrl,
  dataDir,
}: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<Store> {
  try {
    return await openStore({ databaseUrl, dataDir });
  } catch (error) {
    if (databaseUrl === undefined) throw error;
    const why = explained(error);
    if (why === undefined) throw error;
    // The address may hold a password: only its host is told.
    const host = URL.parse(databaseUrl)?.host ?? '';
    throw new StartError(`The database at ${host} ${why} (DATABASE_URL).`, error);
  }
}

function explained(error: unknown): string | undefined {
  if (isUnavailable(error)) return "can't be reached";
  const { code, message } = error as { code?: unknown; message?: string };
  const why = typeof code === 'string' ? refusals[code] : undefined;
  return why && `${why}: ${message ?? ''}`;
}
