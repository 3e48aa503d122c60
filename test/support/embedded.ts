import { cp } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Puts a database with all tables and no rows into a data directory, where the run has a snapshot
 * of one; else the directory stays as it is, and the first start makes its own.
 */
export async function makeDatabaseIn(dataDir: string): Promise<void> {
  const { TEST_PGLITE_SNAPSHOT: snapshot } = process.env;
  if (snapshot) await cp(snapshot, join(dataDir, 'database'), { recursive: true });
}
