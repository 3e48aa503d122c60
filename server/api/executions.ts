import { notFound } from '../contract/index.ts';
import type { ExecutionStore } from '../store/read/executions.ts';
import { resolvePeriod, withData } from '../store/time/period.ts';
import { timeCursor } from './cursor.ts';
import { LIMIT } from './lists.ts';
import type { HandlersFor } from './handlers.ts';
import { withPeriod } from './periods.ts';
import { domainsFor } from '../auth/scope.ts';

export interface ExecutionsOptions {
  store: ExecutionStore;
  /** Epoch milliseconds. */
  now: () => number;
}

const executionCursor = timeCursor('executions.list');

export function executionsHandlers({
  store,
  now: clock,
}: ExecutionsOptions): HandlersFor<'executions'> {
  return {
    'executions.list': async ({ caller, params: { query } }) => {
      const { status, user, model, agent, cursor, limit = LIMIT } = query;
      const domains = domainsFor(caller, query.domain);
      const now = clock();
      const period = await withPeriod(() => resolvePeriod(query, now, -Infinity));
      const { from, to } = withData(period, now);
      const filter = {
        domains,
        from,
        // A run whose client's clock is a little ahead is there all the same.
        to: period.endsNow ? null : to,
        status,
        user,
        model,
        agent,
      };
      const place = executionCursor.read(cursor);
      const page = await store.list(caller.workspace.id, filter, { from: place, limit });
      return { status: 200, body: { data: page.entries, ...executionCursor.write(page) } };
    },

    'executions.get': async ({ caller, params: { path } }) => {
      const execution = await store.get(caller.workspace.id, path.id, caller.domains);
      if (!execution) throw notFound('There is no such execution.');
      return { status: 200, body: execution };
    },
  };
}
