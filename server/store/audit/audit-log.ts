/** The audit log, read. */
import { sql } from 'kysely';
import type { Store } from '../database/database.ts';
import { pageOf, seek, type Page, type PageQuery, type SortKey } from '../database/pages.ts';
import type { Span } from '../time/period.ts';
import type { AuditSchema } from '../database/schema/audit.ts';

export interface AuditLogEntry {
  id: string;
  at: string;
  actor: { kind: AuditSchema['audit_log']['actor_kind']; id: string | null; name: string };
  action: string;
  target: string | null;
  details: Record<string, unknown>;
  ip: string | null;
}

export interface AuditFilter extends Span {
  action?: string | undefined;
  /** An actor's id. */
  actor?: string | undefined;
}

/** Ids sort by time. */
const ORDER: readonly SortKey[] = [{ value: sql.ref('id'), type: 'uuid', order: 'desc' }];

export class AuditStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Newest first. */
  list(
    workspaceId: string,
    { from, to, action, actor }: AuditFilter,
    page: PageQuery,
  ): Promise<Page<AuditLogEntry>> {
    return this.#store.inSnapshot(workspaceId, async ({ tx, of }) => {
      const { isBeyond, inOrder } = seek(ORDER, page.from);
      let query = tx
        .selectFrom('audit_log')
        .selectAll()
        .where(of())
        // Ids sort by time, and lead to the period by the index.
        .where('id', '>=', firstIdOf(from))
        .where('id', '<', firstIdOf(to))
        .where(isBeyond)
        .modifyEnd(sql`${inOrder} limit ${page.limit + 1}`);
      if (action !== undefined) query = query.where('action', '=', action);
      if (actor !== undefined) query = query.where('actor_id', '=', actor);
      const rows = await query.execute();
      const entries = rows.map((row) => ({
        id: row.id,
        at: row.at.toISOString(),
        actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
        action: row.action,
        target: row.target,
        details: row.details,
        ip: row.ip,
      }));
      return pageOf(entries, page, ({ id }) => [id]);
    });
  }
}

const LAST_MOMENT = 2 ** 48 - 1;

/** No UUIDv7 of this millisecond, or of a later one, is before it; all earlier ones are. */
function firstIdOf(moment: number): string {
  const at = Math.min(Math.max(0, Math.ceil(moment)), LAST_MOMENT);
  const hex = at.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
