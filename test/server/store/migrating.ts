/** Databases as they were before a migration. */
import assert from 'node:assert/strict';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { migrations } from '../../../server/store/database/migrations/index.ts';
import { PGliteClient } from '../../../server/store/database/pglite/client.ts';
import { PGliteWorkerDialect } from '../../../server/store/database/pglite/dialect.ts';
import type { Schema } from '../../../server/store/database/schema.ts';
import { createTestDatabase } from '../../support/database.ts';

/** An empty database with the migrations before one. */
export async function databaseBefore(
  name: string,
): Promise<{ db: Kysely<Schema>; close: () => unknown }> {
  const { databaseUrl, snapshot, drop } = await createTestDatabase();
  const client = databaseUrl ? null : await PGliteClient.open({ snapshot });
  const pool = new pg.Pool({ connectionString: databaseUrl });
  // Dropping the database may be faster than the goodbye of a connection to it.
  pool.on('error', () => {});
  pool.on('connect', (connection) => connection.on('error', () => {}));
  const dialect = client ? new PGliteWorkerDialect(client) : new PostgresDialect({ pool });
  const db = new Kysely<Schema>({ dialect });
  await sql`drop schema public cascade`.execute(db);
  await sql`create schema public`.execute(db);
  const some = Object.entries(migrations).filter(([other]) => other < name);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => Object.fromEntries(some) },
    migrationTableName: 'cloudbrain_migrations',
    migrationLockTableName: 'cloudbrain_migrations_lock',
  });
  const { error } = await migrator.migrateToLatest();
  assert.equal(error, undefined);
  const close = async (): Promise<void> => {
    await db.destroy();
    await drop();
  };
  return { db, close };
}
