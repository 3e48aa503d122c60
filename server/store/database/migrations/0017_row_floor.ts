import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** From where on single requests are kept: before, the ends of a period can't be told of them. */
export const rowFloor: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table floors add column rows timestamptz`.execute(db);
  },
};
