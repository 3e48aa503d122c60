import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { newKey, userHash } from '../../../model/user-hash.ts';
import { isolate } from './isolate.ts';

/** As in 0002: compared byte by byte. */
const NAME = 'text collate "C"';

const STATEMENTS = [
  `create table erasure_keys (
    workspace_id uuid primary key,
    key text not null
  )`,
  `create table user_erasures (
    workspace_id uuid not null,
    id uuid not null,
    user_hash ${NAME} not null,
    user_id ${NAME},
    step smallint not null default 0,
    position ${NAME} not null default '',
    conversations integer not null default 0,
    requests bigint not null default 0,
    requested_at timestamptz not null,
    ended_at timestamptz,
    primary key (workspace_id, id),
    unique (workspace_id, user_hash)
  )`,
  'create index user_erasures_running on user_erasures (workspace_id) where ended_at is null',
  // A user's rows are found without reading those of all others.
  `create index conversations_by_user on conversations (workspace_id, user_id, domain, key)
    where user_id is not null`,
  `create index executions_by_user on executions (workspace_id, user_id, id)
    where user_id is not null`,
  `create index errors_by_user on errors (workspace_id, user_id, id) where user_id is not null`,
  `create index cli_sessions_by_user on cli_sessions (workspace_id, user_id, id)
    where user_id is not null`,
];

/** What exports were filtered by may be a user's name, which the audit log would keep for good. */
async function hashAudited(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ workspace_id: string; id: string; filter: Record<string, unknown> }>`
    select workspace_id, id, details -> 'filter' as filter from audit_log
    where action = 'conversation.export' and details -> 'filter' ?| array['user', 'q']`.execute(db);
  if (rows.length === 0) return;
  await sql`alter table audit_log disable trigger audit_log_only_grows`.execute(db);
  for (const [workspaceId, entries] of Map.groupBy(rows, (row) => row.workspace_id)) {
    const key = newKey();
    await sql`insert into erasure_keys (workspace_id, key) values (${workspaceId}, ${key})`.execute(
      db,
    );
    for (const { id, filter } of entries) {
      const hashed = { ...filter };
      for (const name of ['user', 'q']) {
        const text = filter[name];
        if (typeof text === 'string') hashed[name] = userHash(key, text);
      }
      await sql`update audit_log
        set details = jsonb_set(details, '{filter}', ${JSON.stringify(hashed)}::jsonb)
        where workspace_id = ${workspaceId} and id = ${id}`.execute(db);
    }
  }
  await sql`alter table audit_log enable trigger audit_log_only_grows`.execute(db);
}

/** Which users were erased, and ways to the rows of one. */
export const userErasure: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
    await isolate(db, 'erasure_keys', ['select', 'insert']);
    await isolate(db, 'user_erasures');
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(db);
    // The owner of the log has read and added to it until now, and no more.
    await hashAudited(db);
    await sql`select set_config('cloudbrain.system', '', true)`.execute(db);
  },
};
