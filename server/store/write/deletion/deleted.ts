/**
 * What still comes for conversations that are deleted: it is counted, and what was said in it is
 * left out. Where requests of one belong to another conversation now (its beginning has come late,
 * or its client's id), that one is deleted as well, or what was hidden would be seen again.
 */
import { sql } from 'kysely';
import { appendAudit, SERVICE } from '../../audit/audit.ts';
import { hideConversations } from './hiding.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import type { Derived } from '../../../model/derived.ts';
import type { ErrorInfo, ErrorRecord } from '../../../model/error.ts';
import type { ExecutionRecord } from '../../../model/execution.ts';
import { plainName } from '../../../model/plain-name.ts';
import type { RequestRecord } from '../../../model/request.ts';
import { unnest } from '../../database/batch-columns.ts';
import { ERASED } from '../../../model/erased.ts';
import { cleanName, UNKNOWN } from '../../database/clean.ts';
import { idOf, placeColumns, type Place } from '../conversation-rows.ts';
import type { MovedThread } from '../links.ts';
import type { CountedRequest } from '../../rollups/counted.ts';

/** That a request, or a whole thread, is in another conversation than before. */
interface Move {
  before: Place;
  after: Place;
}

/** A conversation that is to be deleted, and why. */
interface Carried {
  place: Place;
  /** The conversation that it has requests of, or that its user is erased. */
  because: string;
}

export interface Deletion {
  /** What a scope tells, without what was said in conversations that are deleted. */
  hide(derived: Derived): Derived;
  /** Those that go with one that is deleted, whose requests they have, or with their user. */
  carried: Carried[];
}

/**
 * Which of the conversations that are told of are deleted. They are purged once more then.
 * @param read scopes whose runs and errors are tied
 * @param stored the requests that they told of before
 * @param requestPlace where a request is now; `null`: in no conversation
 */
export async function findDeletion(
  ws: WorkspaceTx,
  read: readonly { derived: Derived }[],
  stored: readonly CountedRequest[],
  threads: readonly MovedThread[],
  requestPlace: (record: RequestRecord) => Place | null,
): Promise<Deletion> {
  const places = new Map<string, Place>();
  const ofErased: Place[] = [];
  const note = (place: Place | null, user: string | null): void => {
    if (!place) return;
    places.set(idOf(place), place);
    if (user === ERASED) ofErased.push(place);
  };
  const now = new Map<string, Place | null>();
  for (const { derived } of read) {
    for (const record of derived.requests) {
      const place = requestPlace(record);
      now.set(cleanName(record.key), place);
      note(place, record.user);
    }
    for (const record of [...derived.executions, ...derived.errors]) {
      note(placeOf(record), record.user);
    }
  }
  const moves = threads.map(({ domain, from, to }): Move => {
    return { before: { domain, key: from }, after: { domain, key: to.conversation } };
  });
  for (const { key, domain, conversation } of stored) {
    const after = now.get(key);
    if (conversation !== null && after)
      moves.push({ before: { domain, key: conversation }, after });
  }
  for (const { before } of moves) note(before, null);

  const deleted = await touchDeleted(ws, [...places.values()]);
  const carried = [
    ...moves
      .filter(({ before, after }) => deleted.has(idOf(before)) && !deleted.has(idOf(after)))
      .map(({ before, after }) => ({ place: after, because: before.key })),
    ...ofErased
      .filter((place) => !deleted.has(idOf(place)))
      .map((place) => ({ place, because: 'user.erase' })),
  ];
  const hidden = new Set([...deleted, ...carried.map(({ place }) => idOf(place))]);
  const isHidden = (place: Place | null, { user }: { user: string | null }) =>
    user === ERASED || (place !== null && hidden.has(idOf(place)));
  return {
    carried,
    hide: ({ requests, executions, errors, sessions }) => ({
      requests: requests.map((it) => (isHidden(requestPlace(it), it) ? silentRequest(it) : it)),
      executions: executions.map((it) => (isHidden(placeOf(it), it) ? silentExecution(it) : it)),
      errors: errors.map((it) => (isHidden(placeOf(it), it) ? silentError(it) : it)),
      sessions,
    }),
  };
}

/** In which conversation something is; `null`: in none. */
export const placeOf = ({
  domain,
  conversation,
}: Pick<ExecutionRecord, 'domain' | 'conversation'>): Place | null =>
  conversation === null
    ? null
    : { domain: cleanName(domain) || UNKNOWN, key: cleanName(conversation) };

/** Those that are deleted, which are to be purged once more. @returns their names */
async function touchDeleted(ws: WorkspaceTx, places: readonly Place[]): Promise<Set<string>> {
  if (places.length === 0) return new Set();
  const { rows } = await sql<Place>`
    update conversations c set purged_at = null from ${unnest(placeColumns, places)}
    where ${ws.of('c.workspace_id')} and c.domain = v.domain and c.key = v.key
      and c.deleted_at is not null
    returning c.domain, c.key`.execute(ws.tx);
  return new Set(rows.map(idOf));
}

/** Runs after the conversations are written. @returns those that are deleted now */
export async function carryDeletion(
  ws: WorkspaceTx,
  carried: readonly Carried[],
  now: number,
): Promise<Place[]> {
  if (carried.length === 0) return [];
  const causes = new Map<string, Carried>();
  for (const each of carried) {
    if (!causes.has(idOf(each.place))) causes.set(idOf(each.place), each);
  }
  const places = [...causes.values()].map(({ place }) => place);
  const deleted = await hideConversations(ws, places, now);
  for (const place of deleted) {
    const details = { domain: place.domain, because: causes.get(idOf(place))?.because };
    const entry = { actor: SERVICE, action: 'conversation.delete', target: place.key, details };
    await appendAudit(ws, entry, now);
  }
  return deleted;
}

const typeOf = (error: ErrorInfo | null): ErrorInfo | null => error && { ...error, message: null };

const silentRequest = (record: RequestRecord): RequestRecord => ({
  ...record,
  error: typeOf(record.error),
  inputMessages: [],
  outputMessages: [],
});

const silentExecution = (record: ExecutionRecord): ExecutionRecord => ({
  ...record,
  error: typeOf(record.error),
  task: null,
  steps: record.steps.map((step) => ({
    ...step,
    name: plainName(step),
    error: typeOf(step.error),
  })),
});

const silentError = (record: ErrorRecord): ErrorRecord => ({
  ...record,
  message: null,
  pattern: null,
  stack: null,
});
