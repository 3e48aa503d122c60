import type {
  CleanupAction,
  CleanupActionsQuery,
  CleanupRun,
  CleanupStatus,
  LiveUpdate,
} from '@cloudbrain/sdk';
import { CleanupResource } from '@cloudbrain/sdk/core';
import type { ListPage } from '../list-controller.ts';
import type { Applied, QueryDefinition } from '../query.ts';

/** Settings and the next run's time are not in the event. */
const SOON = 500;

/** Which of two runs is the later one; the same run counts as later, being newer news of it. */
function isLater(run: CleanupRun, than: CleanupRun | null): boolean {
  return !than || run.id === than.id || run.requestedAt >= than.requestedAt;
}

/** Settings and the last run. */
export const cleanupStatus: QueryDefinition<Record<never, never>, CleanupStatus> = {
  name: 'cleanup.status',
  topic: 'cleanup',
  fetch: (core, _params, signal) => new CleanupResource(core).status({ signal }),
  apply(data, event): Applied<CleanupStatus> | undefined {
    if (event.event !== 'cleanup' || !isLater(event.data.run, data.lastRun)) return undefined;
    return { data: { ...data, lastRun: event.data.run }, refetchIn: SOON };
  },
};

/** The actions of cleanup, the newest first. */
export const cleanupActions: QueryDefinition<CleanupActionsQuery, ListPage<CleanupAction>> = {
  name: 'cleanup.listActions',
  topic: 'cleanup',
  fetch: (core, params, signal) => new CleanupResource(core).listActions(params, { signal }),
  apply(_data, event: LiveUpdate): Applied<ListPage<CleanupAction>> | undefined {
    return event.event === 'cleanup' ? { refetchIn: 0 } : undefined;
  },
};
