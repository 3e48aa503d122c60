import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations/index.ts';
import type { Schema } from './schema.ts';

/** Brings the schema up to date; several replicas may start at once (kysely takes a lock). */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableName: 'cloudbrain_migrations',
    migrationLockTableName: 'cloudbrain_migrations_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error as Error;
}
