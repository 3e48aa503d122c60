/** One transaction of the write path: rows, rollups and outbox, all or nothing. */
import type { WorkspaceTx } from '../database/database.ts';
import { settleFloors } from '../time/retention-floors.ts';
import { appendEvents } from '../outbox.ts';
import { readPriceOverrides } from '../tenancy/prices.ts';
import type { Derived } from '../../model/derived.ts';
import type { ExecutionRecord } from '../../model/execution.ts';
import type { Message } from '../../model/message.ts';
import type { RequestRecord } from '../../model/request.ts';
import { applyDeltas } from '../rollups/rollups.ts';
import { lockWorkspace } from '../database/workspace-lock.ts';
import { updateAgentSums } from '../rollups/agent-sums.ts';
import { forgetMessages, keepMessages } from './message-bodies.ts';
import { cleanName, UNKNOWN } from '../database/clean.ts';
import { type CleanObservation } from './clean.ts';
import { conversationEvents } from './conversation-events.ts';
import { updateConversations } from './conversations.ts';
import { carryDeletion, findDeletion, placeOf } from './deletion/deleted.ts';
import { Deltas } from '../rollups/deltas.ts';
import { updateDomains } from './domains.ts';
import { silenceIncoming, silenceScopes } from './erasure/silence.ts';
import { Tombstones } from './erasure/tombstones.ts';
import { executionEvents, statsEvents } from './events.ts';
import {
  assignIds,
  compareExecutions,
  loadExecutions,
  saveExecutions,
  type DerivedExecution,
} from './executions.ts';
import { keepObservations, loadScopes, type TouchedScope } from './observations.ts';
import { updateOperations } from './operations.ts';
import type { Derivation } from './derivation.ts';
import type { Linkable } from './history-rows.ts';
import { linkRequests, type Links } from './links.ts';
import { moveAnnotations, moveExecutions, movedRequests } from './thread-moves.ts';
import { indexMessages, leavingMessages } from './message-index.ts';
import { saveRequests } from './request-rows.ts';
import { compareRequests, loadRequests, newRequest, type NewRequest } from './requests.ts';
import { threadOf } from './threads.ts';
import { updateUsers } from './users.ts';

export interface CommitContext {
  derivation: Derivation;
  /** Epoch ms. */
  now: number;
  /** Told of a scope that can't be read; its observations are kept, its rows stay as they are. */
  unreadable(scope: string, error: unknown): void;
  /** @throws MissingMonths */
  checkMonths(rows: readonly { startedAt: number }[]): void;
}

/** @returns the id of the last event, or `null` where nothing has changed */
export async function commitBatch(
  ws: WorkspaceTx,
  observations: readonly CleanObservation[],
  messages: ReadonlyMap<string, Message>,
  context: CommitContext,
): Promise<number | null> {
  await lockWorkspace(ws);
  const tombstones = await Tombstones.load(ws);
  const incoming = await silenceIncoming(tombstones, observations);
  const kept = await keepObservations(ws, incoming, context.derivation.scopeOf);
  const { scopes: touched, unsaid } = await silenceScopes(ws, tombstones, kept);
  // Of what is sent again the messages are here already, or were deleted.
  const named = namedIn(touched, messages);
  const said = new Map([...messages].filter(([hash]) => named.has(hash)));
  await keepMessages(ws, said, context.now);
  const lastEventId = await deriveScopes(ws, touched, context);
  await forgetMessages(ws, unsaid);
  return lastEventId;
}

/** Reads some scopes again because time has passed. */
export async function commitScopes(
  ws: WorkspaceTx,
  scopes: readonly string[],
  context: CommitContext,
): Promise<number | null> {
  await lockWorkspace(ws);
  const stored = await loadScopes(ws, scopes);
  const touched = await silenceScopes(ws, await Tombstones.load(ws), stored);
  const lastEventId = await deriveScopes(ws, touched.scopes, context);
  await forgetMessages(ws, touched.unsaid);
  return lastEventId;
}

async function deriveScopes(
  ws: WorkspaceTx,
  touched: readonly TouchedScope[],
  context: CommitContext,
): Promise<number | null> {
  const read = touched.flatMap((scope) => {
    const derived = readScope(scope, context);
    return derived ? [{ ...scope, derived }] : [];
  });
  if (read.length === 0) return null;
  const known = read.flatMap(({ scope, known: isKnown }) => (isKnown ? [scope] : []));

  const stored = await loadRequests(ws, known);
  const links = await linkRequests(
    ws,
    stored.flatMap(({ key, link }) => (link === 'client' ? [] : [key])),
    read.flatMap(({ derived }) => derived.requests.flatMap(linkableOf)),
  );

  const executionsBefore = await loadExecutions(ws, known);
  const tied = read.map((each) => ({ ...each, derived: tiedBy(links, each.derived) }));
  const requestPlace = (record: RequestRecord) =>
    placeOf({ domain: record.domain, conversation: tieOf(record, links).conversation });
  const deletion = await findDeletion(ws, tied, stored, links.moved, requestPlace);
  const told = tied.map((each) => ({ ...each, derived: deletion.hide(each.derived) }));
  const derivedExecutions = told.flatMap(({ scope, derived }) =>
    derived.executions.map((record) => ({ scope, key: cleanName(record.key), record })),
  );
  const ids = assignIds(executionsBefore, derivedExecutions);
  const wanted = told.flatMap((scope) => requestsOf(scope, ids, links));
  const overrides = await readPriceOverrides(ws);
  const compared = compareRequests(stored, wanted, (request) =>
    context.derivation.priceOf(request, overrides),
  );
  const moved = await movedRequests(ws, links.moved, [...stored, ...wanted]);
  const requests = { ...compared, moved };
  const byExecution = Map.groupBy(wanted, ({ executionId }) => executionId);
  const executions = compareExecutions(
    executionsBefore,
    ids,
    (execution) => byExecution.get(ids.get(execution) ?? '') ?? [],
  );

  const deltas = new Deltas(await settleFloors(ws, context.now));
  for (const request of requests.removed) deltas.addRequest(request, -1);
  for (const request of requests.added) deltas.addRequest(request, 1);
  for (const execution of executions.removed) deltas.addExecution(execution, -1);
  for (const { before, after } of executions.saved) {
    if (before) deltas.addExecution(before, -1);
    deltas.addExecution(after, 1);
  }
  context.checkMonths(requests.added);
  const left = await leavingMessages(ws, requests);
  await saveRequests(ws, requests);
  await saveExecutions(ws, executions);
  await moveExecutions(ws, links.moved);
  const unsaid = await indexMessages(ws, requests, left);
  const { saved, gone } = await updateConversations(ws, requests, deltas);
  const hidden = await carryDeletion(ws, deletion.carried, context.now);
  await moveAnnotations(ws, links.moved, gone);
  await updateUsers(ws, requests);
  await updateAgentSums(ws, executions);
  await applyDeltas(ws, deltas);
  await updateDomains(ws, requests, deltas);
  const operations = await updateOperations(ws, told, ids, requests);
  // What an observation names may be said again, once more of its scope has come.
  const named = namedIn(touched, unsaid);
  const forgotten = [...unsaid].filter((hash) => !named.has(hash));
  await forgetMessages(ws, forgotten);
  return appendEvents(ws, [
    ...executionEvents(executions),
    ...statsEvents(deltas),
    ...(await conversationEvents(ws, { saved, gone: [...gone, ...hidden] }, context.now)),
    ...operations,
  ]);
}

/** Those of the messages that observations of these scopes name. */
function namedIn(
  scopes: readonly TouchedScope[],
  messages: ReadonlyMap<string, unknown> | ReadonlySet<string>,
): Set<string> {
  const named = new Set<string>();
  for (const { observations } of scopes) {
    for (const { data } of observations) {
      if (named.size === messages.size) return named;
      for (const hash of [...data.inputMessages, ...data.outputMessages]) {
        if (messages.has(hash)) named.add(hash);
      }
    }
  }
  return named;
}

/** A request may be tied by its history where its client has not said where it belongs. */
function linkableOf(record: RequestRecord): Linkable[] {
  if (record.conversation !== null) return [];
  const key = cleanName(record.key);
  return [
    {
      key,
      startedAt: Math.trunc(record.startedAt),
      domain: cleanName(record.domain) || UNKNOWN,
      user: record.user,
      thread: cleanName(threadOf(record.traceId, key)),
      input: record.inputMessages,
      output: record.outputMessages,
    },
  ];
}

/** Its client's, else its trace's, which may go on another one; `null` where nothing ties it. */
function runConversation(
  { conversation, traceId, domain }: Pick<ExecutionRecord, 'conversation' | 'traceId' | 'domain'>,
  links: Links,
): string | null {
  if (conversation !== null) return cleanName(conversation);
  if (traceId === null) return null;
  const thread = cleanName(threadOf(traceId, ''));
  return links.of(cleanName(domain) || UNKNOWN, thread)?.conversation ?? thread;
}

/** Runs and errors belong where the calls of their trace do. */
function tiedBy(links: Links, derived: Derived): Derived {
  const tie = <T extends Parameters<typeof runConversation>[0]>(record: T): T => ({
    ...record,
    conversation: runConversation(record, links),
  });
  return {
    ...derived,
    executions: derived.executions.map(tie),
    errors: derived.errors.map(tie),
  };
}

/** The same of a request, which may also stand alone, outside of any trace. */
function tieOf(record: RequestRecord, links: Links): Parameters<typeof newRequest>[3] {
  const { conversation, traceId } = record;
  if (conversation !== null) {
    return { conversation: cleanName(conversation), link: 'client', branch: null };
  }
  const [linkable] = linkableOf(record);
  const tied = linkable && links.of(linkable.domain, linkable.thread);
  const thread = traceId === null ? null : (linkable?.thread ?? null);
  return tied ?? { conversation: thread, link: 'trace', branch: null };
}

/** A fault in reading one trace must not cost anybody theirs. */
function readScope(
  { scope, observations }: TouchedScope,
  { derivation, now, unreadable }: CommitContext,
): Derived | null {
  try {
    return derivation.derive(observations, now);
  } catch (error) {
    unreadable(scope, error);
    return null;
  }
}

function requestsOf(
  { scope, derived }: { scope: string; derived: Derived },
  ids: ReadonlyMap<DerivedExecution, string>,
  links: Links,
): NewRequest[] {
  const idOf = new Map<string, string>();
  for (const [execution, id] of ids) {
    if (execution.scope === scope) idOf.set(execution.record.key, id);
  }
  return derived.requests.map((record) => {
    const executionId = record.execution === null ? null : (idOf.get(record.execution) ?? null);
    return newRequest(record, scope, executionId, tieOf(record, links));
  });
}
