import { conflict, notFound } from '../contract/index.ts';
import { INTERVAL_MINUTES, nextRunAt, RunRefused, type CleanupWorker } from '../jobs/index.ts';
import type { CleanupRun, CleanupStore } from '../store/cleanup/cleanup.ts';
import { isUuid } from '../store/database/uuid.ts';
import { access, refusal } from '../auth/access.ts';
import { invalidCursor } from './cursor.ts';
import type { ApiRequest, HandlersFor } from './handlers.ts';

export interface CleanupOptions {
  store: CleanupStore;
  worker: Pick<CleanupWorker, 'settings' | 'request'>;
  /** Told of a run that somebody asked for. */
  onRequest?: (
    request: Pick<ApiRequest<'cleanup.run'>, 'caller' | 'ip'>,
    run: CleanupRun,
  ) => Promise<void>;
  now?: () => number;
}

export function cleanupHandlers({
  store,
  worker,
  onRequest = async () => {},
  now = Date.now,
}: CleanupOptions): HandlersFor<'cleanup'> {
  return {
    'cleanup.status': async ({ caller }) => ({
      status: 200,
      body: {
        settings: { ...worker.settings, intervalMinutes: INTERVAL_MINUTES },
        lastRun: await store.lastRun(caller.workspace.id),
        nextRunAt: nextRunAt(worker.settings, now())?.toISOString() ?? null,
        mayRun: refusal(caller, access['cleanup.run']) === null,
      },
    }),

    'cleanup.listActions': async ({ caller, params: { query } }) => {
      const { type, runId, cursor, limit = 50 } = query;
      if (cursor !== undefined && !isUuid(cursor)) {
        throw invalidCursor();
      }
      const page = { type, runId, after: cursor, limit };
      const { actions, next } = await store.listActions(caller.workspace.id, page);
      return { status: 200, body: { data: actions, nextCursor: next } };
    },

    'cleanup.run': async ({ caller, ip, body }) => {
      try {
        const run = await worker.request(body);
        await onRequest({ caller, ip }, run);
        return { status: 202, body: run };
      } catch (error) {
        if (error instanceof RunRefused) throw conflict(error.message, 'cleanup_refused');
        throw error;
      }
    },

    'cleanup.getRun': async ({ caller, params }) => {
      const run = await store.getRun(caller.workspace.id, params.path.id);
      if (!run) throw notFound('There is no such run.');
      return { status: 200, body: run };
    },
  };
}
