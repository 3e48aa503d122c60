import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { EVERYTHING } from '../../search/query.ts';
import { searchFunctions } from './search-functions.ts';

/** As in 0019; in queries of their own the settings are read once, and not for each message. */
const POLICY = `create policy workspace on message_search to cloudbrain_app
  using (
    workspace_id = (select nullif(current_setting('cloudbrain.workspace', true), '')::uuid)
    and words @@ (select coalesce(
      nullif(current_setting('cloudbrain.search', true), '')::tsquery,
      '${EVERYTHING.replaceAll("'", "''")}'::tsquery))
  )
  with check (workspace_id = nullif(current_setting('cloudbrain.workspace', true), '')::uuid)`;

export const searchSpeed: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`drop policy workspace on message_search`.execute(db);
    await sql.raw(POLICY).execute(db);
    for (const statement of searchFunctions()) await sql.raw(statement).execute(db);
  },
};
