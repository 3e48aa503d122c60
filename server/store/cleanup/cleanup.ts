import type { Schemas } from '../../contract/index.ts';
import { sql, type Selectable } from 'kysely';
import type { Store } from '../database/database.ts';
import { pageOf, seek, type Page, type PageQuery, type SortKey } from '../database/pages.ts';
import type { CleanupActionTable, CleanupRunTable } from '../database/schema/cleanup.ts';

/** A run as the contract has it; times are RFC 3339. */
export type CleanupRun = Schemas['CleanupRun'];

/** What was done about one thing, as the contract has it. */
export type CleanupAction = Schemas['CleanupAction'];

export interface ActionFilter {
  type?: CleanupAction['type'] | undefined;
  runId?: string | undefined;
}

/** Ids sort by time: the newest first. */
const ORDER: readonly SortKey[] = [{ value: sql.ref('id'), type: 'uuid', order: 'desc' }];

/** What cleanup did, for whoever asks in the operator's workspace. */
export class CleanupStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The run that was asked for last. */
  lastRun(workspaceId: string): Promise<CleanupRun | null> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const row = await ws.tx
        .selectFrom('cleanup_runs')
        .selectAll()
        .where(ws.of())
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? runOf(row) : null;
    });
  }

  getRun(workspaceId: string, id: string): Promise<CleanupRun | null> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const row = await ws.tx
        .selectFrom('cleanup_runs')
        .selectAll()
        .where(ws.of())
        .where('id', '=', id)
        .executeTakeFirst();
      return row ? runOf(row) : null;
    });
  }

  /** Newest first. */
  listActions(
    workspaceId: string,
    { type, runId }: ActionFilter,
    page: PageQuery,
  ): Promise<Page<CleanupAction>> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const { isBeyond, inOrder } = seek(ORDER, page.from);
      let query = ws.tx
        .selectFrom('cleanup_actions')
        .selectAll()
        .where(ws.of())
        .where('outcome', 'is not', null)
        .where(isBeyond)
        .modifyEnd(sql`${inOrder} limit ${page.limit + 1}`);
      if (type) query = query.where('type', '=', type);
      if (runId) query = query.where('run_id', '=', runId);
      const rows = await query.execute();
      return pageOf(rows.map(actionOf), page, ({ id }) => [id]);
    });
  }

  /** What was ever deleted, by type, and when a run last came to its end (epoch ms). */
  totals(): Promise<{ deleted: Map<CleanupAction['type'], number>; lastRunAt: number | null }> {
    return this.#store.asSystem(async (tx) => {
      const rows = await tx.selectFrom('cleanup_totals').select(['type', 'deleted']).execute();
      const last = await tx
        .selectFrom('cleanup_runs')
        .select('ended_at')
        .where('state', '=', 'completed')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return {
        deleted: new Map(rows.map(({ type, deleted }) => [type, deleted])),
        lastRunAt: last?.ended_at?.getTime() ?? null,
      };
    });
  }
}

export function runOf(row: Selectable<CleanupRunTable>): CleanupRun {
  const { started_at: startedAt, ended_at: endedAt } = row;
  return {
    id: row.id,
    state: row.state,
    dryRun: row.dry_run,
    trigger: row.trigger,
    requestedAt: row.requested_at.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    durationMs: startedAt && endedAt ? Math.max(0, endedAt.getTime() - startedAt.getTime()) : null,
    counts: {
      previewBundles: row.preview_bundles,
      tempDirs: row.temp_dirs,
      objects: row.objects,
      logs: row.logs,
      failed: row.failed,
    },
    bytes: row.bytes,
    error: row.error,
  };
}

function actionOf(row: Selectable<CleanupActionTable>): CleanupAction {
  return {
    id: row.id,
    runId: row.run_id,
    type: row.type,
    path: row.path,
    sizeBytes: row.size_bytes,
    reason: row.reason,
    outcome: row.outcome ?? 'failed',
    error: row.error,
    at: row.at.toISOString(),
  };
}
