/** Removes what the admin dashboard keeps for a while only; its sums stay. */
import { sql, type Transaction } from 'kysely';
import { SECURITY_DAYS } from '../audit/security-log.ts';
import type { Schema } from '../database/schema.ts';
import { time } from '../database/batch-columns.ts';
import { DAY } from '../time/zones.ts';

/** Refusals that a workspace keeps: the newest, as counted rows. */
const SECURITY_ROWS = 50_000;

/** A replica that has not run a job for this long is gone. */
const REPLICA_DAYS = 2;

/**
 * @param before rows older than this go
 * @param now epoch ms
 */
export async function removeOperations(
  tx: Transaction<Schema>,
  before: number,
  now: number,
): Promise<void> {
  const limit = time(before);
  await sql`delete from cli_transitions t using cli_sessions s
    where s.workspace_id = t.workspace_id and s.id = t.session_id
      and s.started_at < ${limit} and s.scope is null`.execute(tx);
  await sql`delete from cli_sessions where started_at < ${limit} and scope is null`.execute(tx);
  await sql`delete from error_stacks d using errors e
    where e.workspace_id = d.workspace_id and e.id = d.error_id
      and e.at < ${limit} and e.scope is null`.execute(tx);
  await sql`delete from errors where at < ${limit} and scope is null`.execute(tx);

  const securityLimit = time(now - SECURITY_DAYS * DAY);
  await sql`delete from security_events where minute < ${securityLimit}`.execute(tx);
  await sql`delete from security_events e using (
      select w.id as workspace_id, (
        select minute from security_events s where s.workspace_id = w.id
        order by minute desc offset ${SECURITY_ROWS} limit 1
      ) as minute from workspaces w
    ) last
    where e.workspace_id = last.workspace_id and e.minute <= last.minute`.execute(tx);
  await sql`delete from known_addresses where last_at < ${securityLimit}`.execute(tx);
  await sql`delete from heartbeats
    where ended_at < ${time(now - REPLICA_DAYS * DAY)}`.execute(tx);
}
