import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { searchFunctions } from './search-functions.ts';

/** Pages of a search lead back as well. */
export const searchBack: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of searchFunctions()) await sql.raw(statement).execute(db);
  },
};
