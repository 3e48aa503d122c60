import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { makeTables, tablesDigest } from '../../scripts/support/empty-database.ts';

/** Where a test's store is: a PostgreSQL database of its own, or embedded in memory. */
export interface TestDatabase {
  /** `undefined`: embedded. */
  databaseUrl: string | undefined;
  /** What an embedded one begins as; see `StoreOptions`. */
  snapshot: string | undefined;
  /** Removes it; whoever is still connected is cut off. */
  drop: () => Promise<void>;
}

/** What databases begin as: all tables, no rows. Where tables differ there is another one. */
const TEMPLATE = `test_template_${tablesDigest}`;

/**
 * A database that nobody else uses, with all tables: on the server of `TEST_DATABASE_URL` where there is one. For
 * tests of what an installation has once, such as its operator and its job queue.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { TEST_DATABASE_URL: server, TEST_PGLITE_SNAPSHOT: snapshot } = process.env;
  if (!server) return { databaseUrl: undefined, snapshot, drop: async () => {} };
  const name = newName();
  const copy = () => execute(server, `create database ${name} template ${TEMPLATE}`);
  await copy().catch(async (error: unknown) => {
    if (codeOf(error) !== NO_SUCH_DATABASE) throw error;
    await makeTemplate(server);
    await copy();
  });
  return {
    databaseUrl: urlOf(server, name),
    snapshot: undefined,
    drop: () => execute(server, `drop database if exists ${name} with (force)`),
  };
}

const NO_SUCH_DATABASE = '3D000';
const DUPLICATE_DATABASE = '42P04';

async function makeTemplate(server: string): Promise<void> {
  const name = newName();
  await execute(server, `create database ${name}`);
  await makeTables({ databaseUrl: urlOf(server, name) });
  await execute(server, `alter database ${name} rename to ${TEMPLATE}`).catch(
    async (error: unknown) => {
      // Somebody else has made it meanwhile.
      if (codeOf(error) !== DUPLICATE_DATABASE) throw error;
      await execute(server, `drop database ${name}`);
    },
  );
}

const newName = (): string => `test_${randomUUID().replaceAll('-', '')}`;

function urlOf(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

const codeOf = (error: unknown): unknown =>
  error instanceof pg.DatabaseError ? error.code : undefined;

async function execute(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
