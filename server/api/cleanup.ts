import { conflict, notFound } from '../contract/index.ts';
import { INTERVAL_MINUTES, nextRunAt, RunRefused, type CleanupWorker } from '../jobs/index.ts';
import type { CleanupRun, CleanupStore } from '../store/cleanup/cleanup.ts';
import { access, refusal } from '../auth/access.ts';
import { idCursor } from './cursor.ts';
import type { ApiRequest, HandlersFor } from './handlers.ts';
import { LIMIT } from './lists.ts';

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

const actionCursor = idCursor('cleanup.listActions');

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
      const { type, runId, cursor, limit = LIMIT } = query;
      const from = actionCursor.read(cursor);
      const { id } = caller.workspace;
      const page = await store.listActions(id, { type, runId }, { from, limit });
      return { status: 200, body: { data: page.entries, ...actionCursor.write(page) } };
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
