import { sql } from 'kysely';
import type { WorkspaceTx } from './database.ts';

/**
 * Makes this transaction the only one that writes the workspace's telemetry and events until it
 * ends, in whatever process. Ids of the outbox then commit in their order, and no two writers
 * wait for each other's rows. Taking it again in the same transaction costs nothing.
 */
export async function lockWorkspace({ tx, workspaceId }: WorkspaceTx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${workspaceId}, 0))`.execute(tx);
}
