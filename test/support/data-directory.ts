import { createTestDatabase, type TestDatabase } from './database.ts';
import { makeDatabaseIn } from './embedded.ts';

/** A database for a service of this data directory: PostgreSQL's, or embedded in the directory. */
export async function databaseIn(dataDir: string): Promise<TestDatabase> {
  const database = await createTestDatabase();
  if (database.databaseUrl === undefined) await makeDatabaseIn(dataDir);
  return database;
}
