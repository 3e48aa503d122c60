/** Runs of agents: a list, and a single one. */
import { sql, type Selectable } from 'kysely';
import type { Store, WorkspaceTx } from '../database/database.ts';
import { pageOf, seek, type Page, type PageQuery, type SortKey } from '../database/pages.ts';
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

/** The newest first. */
const ORDER: readonly SortKey[] = [
  { value: sql.ref('started_at'), type: 'timestamptz', order: 'desc' },
  { value: sql.ref('id'), type: 'uuid', order: 'desc' },
];

export class ExecutionStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Newest first. */
  list(workspaceId: string, filter: ExecutionFilter, page: PageQuery): Promise<Page<Execution>> {
    return this.#store.inSnapshot(workspaceId, async ({ tx, of }) => {
      const { domains, from, to, status, user, model, agent } = filter;
      const { isBeyond, inOrder } = seek(ORDER, page.from);
      let query = tx
        .selectFrom('executions')
        .selectAll()
        .where(of())
        .where(isAmong(domains))
        .where(isBeyond)
        .modifyEnd(sql`${inOrder} limit ${page.limit + 1}`);
      if (from !== null) query = query.where('started_at', '>=', new Date(from));
      if (to !== null) query = query.where('started_at', '<', new Date(to));
      if (status !== undefined) query = query.where('status', '=', status);
      if (user !== undefined) query = query.where('user_id', '=', user);
      if (model !== undefined) query = query.where('model', '=', model);
      if (agent !== undefined) query = query.where('agent', '=', agent);
      const rows: ExecutionRow[] = await query.execute();
      return pageOf(rows.map(executionOf), page, ({ startedAt, id }) => [startedAt, id]);
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
