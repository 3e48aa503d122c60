/** Who did what: exports, deletions, logins, the use of keys. Rows are only ever added. */
import { sql, type SqlBool, type Transaction } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { Schema } from '../database/schema.ts';
import type { AuditSchema } from '../database/schema/audit.ts';
import { uuidv7 } from '../database/uuid.ts';
import { cleanJson, cleanText } from '../database/clean.ts';

export interface AuditEntry {
  actor: {
    kind: AuditSchema['audit_log']['actor_kind'];
    /** `null`: the service itself. */
    id: string | null;
    name: string;
  };
  /** Such as `conversation.delete`: what, then what was done to it. */
  action: string;
  /** What it was done to, such as a conversation's id. */
  target?: string;
  /** More of it; never a secret, and no content of a conversation. */
  details?: Record<string, unknown>;
  ip?: string;
}

/** Writes an entry in the transaction of what it tells of: both are there, or neither. */
export async function appendAudit(
  ws: WorkspaceTx,
  { actor, action, target, details = {}, ip }: AuditEntry,
  now = Date.now(),
): Promise<void> {
  await ws.tx
    .insertInto('audit_log')
    .values({
      workspace_id: ws.workspaceId,
      id: uuidv7(now),
      at: new Date(now).toISOString(),
      actor_kind: actor.kind,
      actor_id: actor.id,
      actor_name: cleanText(actor.name),
      action,
      target: target === undefined ? null : cleanText(target),
      details: cleanJson(details),
      ip: ip ?? null,
    })
    .execute();
}

/** A workspace in a transaction of the service's own, which sees all of them. */
export function inSystem(tx: Transaction<Schema>, workspaceId: string): WorkspaceTx {
  const of = (column = 'workspace_id') => sql<SqlBool>`${sql.ref(column)} = ${workspaceId}`;
  return { tx, workspaceId, of };
}

/** Whoever works on the installation itself, by its commands and settings. */
export const OPERATOR: AuditEntry['actor'] = { kind: 'system', id: null, name: 'operator' };

/** The service itself, in what follows from what others did. */
export const SERVICE: AuditEntry['actor'] = { kind: 'system', id: null, name: 'cloudbrain' };
