import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Each workspace counts its events itself: the gaps between ids told how busy all the others are. */
export const eventIds: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table live_events alter column id drop identity`.execute(db);
  },
};
