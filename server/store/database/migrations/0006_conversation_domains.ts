import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A conversation is one of a domain: two applications may both count theirs from 1. */
export const conversationDomains: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table conversations drop constraint conversations_pkey,
      add primary key (workspace_id, key, domain)`.execute(db);
  },
};
