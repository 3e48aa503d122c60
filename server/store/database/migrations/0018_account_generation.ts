import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which of an account's credentials a token stands on: a new password ends what came before. */
export const accountGeneration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table accounts add column generation integer not null default 0`.execute(db);
  },
};
