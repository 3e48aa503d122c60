import type { LoggedError, LoggedErrorDetail, LoggedErrorsQuery } from '@cloudbrain/sdk';
import { AdminResource } from '@cloudbrain/sdk/core';
import type { ListPage } from '../list-controller.ts';
import type { QueryDefinition } from '../query.ts';

/** Errors of a period, the newest first. */
export const errorList: QueryDefinition<LoggedErrorsQuery, ListPage<LoggedError>> = {
  name: 'admin.listErrors',
  topic: 'errors',
  fetch: (core, params, signal) => new AdminResource(core).listErrors(params, { signal }),
  apply: (_data, event, { domain }) =>
    event.event === 'failure' && (!domain || domain === event.data.error.domain)
      ? { refetchIn: 0 }
      : undefined,
};

/** One error with its stack. */
export const errorDetail: QueryDefinition<{ id: string }, LoggedErrorDetail> = {
  name: 'admin.getError',
  topic: 'errors',
  fetch: (core, { id }, signal) => new AdminResource(core).getError(id, { signal }),
  apply: (_data, event, { id }) =>
    event.event === 'failure' && event.data.error.id === id ? { refetchIn: 0 } : undefined,
};
