import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** Where a test's store is: a PostgreSQL database of its own, or embedded in memory. */
export interface TestDatabase {
  /** `undefined`: embedded. */
  databaseUrl: string | undefined;
  /** What an embedded one begins as; see `StoreOptions`. */
  snapshot: string | undefined;
  /** Removes it; whoever is still connected is cut off. */
  drop: () => Promise<void>;
}

/**
 * A database that nobody else uses: on the server of `TEST_DATABASE_URL` where there is one. For
 * tests of what an installation has once, such as its operator and its job queue.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { TEST_DATABASE_URL: server, TEST_PGLITE_SNAPSHOT: snapshot } = process.env;
  if (!server) return { databaseUrl: undefined, snapshot, drop: async () => {} };
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await execute(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    databaseUrl: url.href,
    snapshot: undefined,
    drop: () => execute(server, `drop database if exists ${name} with (force)`),
  };
}

async function execute(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
