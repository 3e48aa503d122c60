/** What a commit tells whoever runs agents: sessions, errors, how providers answer. */
import type { WorkspaceTx } from '../database/database.ts';
import type { NewEvent } from '../outbox.ts';
import type { Derived } from '../../model/derived.ts';
import { updateSessions } from './cli-sessions.ts';
import { updateErrors } from './errors.ts';
import type { DerivedExecution } from './executions.ts';
import { updateProviders } from './providers.ts';
import type { RequestChanges } from './requests.ts';

/** Runs after the requests are written. @returns what to tell those who watch */
export async function updateOperations(
  ws: WorkspaceTx,
  read: readonly { scope: string; known: boolean; derived: Derived }[],
  ids: ReadonlyMap<DerivedExecution, string>,
  requests: RequestChanges,
): Promise<NewEvent[]> {
  const known = read.flatMap((each) => (each.known ? [each.scope] : []));
  const idOf = new Map(
    [...ids].map(([{ scope, record }, id]) => [`${scope}\0${record.key}`, id] as const),
  );
  const errors = read.flatMap(({ scope, derived }) =>
    derived.errors.map((record) => {
      const executionId = idOf.get(`${scope}\0${record.execution ?? ''}`) ?? null;
      return { scope, record, executionId };
    }),
  );
  const sessions = read.flatMap(({ scope, derived }) =>
    derived.sessions.map((record) => ({ scope, record })),
  );
  await updateProviders(ws, requests);
  return [
    ...(await updateSessions(ws, sessions, known)),
    ...(await updateErrors(ws, errors, known)),
  ];
}
