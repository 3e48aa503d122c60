import { sql, type Kysely } from 'kysely';

/**
 * Row-level security for a table with a `workspace_id`: the application's role sees the rows of
 * the workspace that its transaction names, and none without; the owner sees them only where it
 * says that it works for the whole service (`Store.asSystem`).
 * @param rights what the application's role may do; an append-only table leaves some out
 */
export async function isolate(
  db: Kysely<unknown>,
  table: string,
  rights: readonly ('select' | 'insert' | 'update' | 'delete')[] = [
    'select',
    'insert',
    'update',
    'delete',
  ],
): Promise<void> {
  const name = sql.table(table);
  await sql`alter table ${name} enable row level security`.execute(db);
  await sql`alter table ${name} force row level security`.execute(db);
  await sql`create policy workspace on ${name} to cloudbrain_app
    using (workspace_id = nullif(current_setting('cloudbrain.workspace', true), '')::uuid)
    with check (workspace_id = nullif(current_setting('cloudbrain.workspace', true), '')::uuid)`.execute(
    db,
  );
  await sql`create policy system on ${name} to current_user
    using (current_setting('cloudbrain.system', true) = 'on')
    with check (current_setting('cloudbrain.system', true) = 'on')`.execute(db);
  await sql`grant ${sql.raw(rights.join(', '))} on ${name} to cloudbrain_app`.execute(db);
}

/**
 * The role that requests run as: it owns nothing and can't log in. Roles are per cluster: somebody
 * may have made it, for a login that may not.
 */
export async function createApplicationRole(db: Kysely<unknown>): Promise<void> {
  await sql`do $$ begin
    if not exists (select from pg_roles where rolname = 'cloudbrain_app') then
      create role cloudbrain_app nologin nosuperuser nobypassrls;
    end if;
  exception when duplicate_object or unique_violation then null;
  end $$`.execute(db);
  await sql`do $$ begin
    if not pg_has_role(current_user, 'cloudbrain_app', 'member') then
      grant cloudbrain_app to current_user;
    end if;
  exception when unique_violation or internal_error then null;
  end $$`.execute(db);
}
