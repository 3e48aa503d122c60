/** Runs of agents: a list, and a single one. */
import { sql, type Selectable } from 'kysely';
import type { Store, WorkspaceTx } from '../database/database.ts';
import {
  executionDetailOf,
  executionOf,
  type Execution,
  type ExecutionDetail,
  type ExecutionRow,
} from '../to-contract/execution.ts';
import type { ExecutionStatus } from '../../model/execution.ts';
import type { ExecutionDetailTable } from '../database/schema/telemetry.ts';
import { isAmong, type Domains } from '../rollups/windows.ts';

/** Where a page of the list ended. */
export interface ExecutionPosition {
  /** RFC 3339. */
  startedAt: string;
  id: string;
}

export interface ExecutionFilter {
  domains: Domains;
  /** Epoch ms, included; `null`: from the beginning. */
  from: number | null;
  /** Epoch ms, excluded; `null`: to the newest, whatever its client's clock says. */
  to: number | null;
  status?: ExecutionStatus | undefined;
  user?: string | undefined;
  model?: string | undefined;
  agent?: string | undefined;
}

export interface ExecutionPage {
  executions: Execution[];
  /** Where the next page goes on; `null` where there is none. */
  next: ExecutionPosition | null;
}

export class ExecutionStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Newest first. */
  list(
    workspaceId: string,
    filter: ExecutionFilter,
    page: { after: ExecutionPosition | null; limit: number },
  ): Promise<ExecutionPage> {
    return this.#store.inSnapshot(workspaceId, async ({ tx, of }) => {
      const { domains, from, to, status, user, model, agent } = filter;
      const { after, limit } = page;
      let query = tx
        .selectFrom('executions')
        .selectAll()
        .where(of())
        .where(isAmong(domains))
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1);
      if (from !== null) query = query.where('started_at', '>=', new Date(from));
      if (to !== null) query = query.where('started_at', '<', new Date(to));
      if (status !== undefined) query = query.where('status', '=', status);
      if (user !== undefined) query = query.where('user_id', '=', user);
      if (model !== undefined) query = query.where('model', '=', model);
      if (agent !== undefined) query = query.where('agent', '=', agent);
      if (after !== null) {
        query = query.where(
          sql<boolean>`(started_at, id) < (${after.startedAt}::timestamptz, ${after.id}::uuid)`,
        );
      }
      const rows: ExecutionRow[] = await query.execute();
      const executions = rows.slice(0, limit).map(executionOf);
      const last = executions.at(-1);
      const hasMore = rows.length > limit && last !== undefined;
      return { executions, next: hasMore ? { startedAt: last.startedAt, id: last.id } : null };
    });
  }

  /** One with its task and steps; `null` where these domains have none of this id. */
  get(workspaceId: string, id: string, domains: Domains): Promise<ExecutionDetail | null> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const row: ExecutionRow | undefined = await ws.tx
        .selectFrom('executions')
        .selectAll()
        .where(ws.of())
        .where(isAmong(domains))
        .where('id', '=', id)
        .executeTakeFirst();
      return row ? executionDetailOf(row, await detailOf(ws, id)) : null;
    });
  }
}

async function detailOf(
  { tx, of }: WorkspaceTx,
  id: string,
): Promise<Omit<Selectable<ExecutionDetailTable>, 'workspace_id' | 'execution_id'>> {
  const detail = await tx
    .selectFrom('execution_details')
    .select(['task', 'task_length', 'steps', 'steps_truncated'])
    .where(of())
    .where('execution_id', '=', id)
    .executeTakeFirst();
  return detail ?? { task: null, task_length: null, steps: [], steps_truncated: false };
}
