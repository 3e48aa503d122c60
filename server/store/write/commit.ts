/** One transaction of the write path: rows, rollups and outbox, all or nothing. */
import type { Message } from '../../model/message.ts';
import type { WorkspaceTx } from '../database/database.ts';
import { lockWorkspace } from '../database/workspace-lock.ts';
import { appendEvents } from '../outbox.ts';
import { updateAgentSums } from '../rollups/agent-sums.ts';
import { applyDeltas } from '../rollups/rollups.ts';
import type { CleanObservation } from './clean.ts';
import {
  compareWithStored,
  deriveTouched,
  forgetUnsaid,
  hideDeleted,
  identifyExecutions,
  keepBatch,
  keepNamedMessages,
  linkByHistory,
  loadStored,
  loadTombstones,
  silenceBatch,
  silenceTouched,
  sumChanges,
  type Arrival,
  type Commit,
  type CommitContext,
  type Touched,
} from './commit-steps.ts';
import { conversationEvents } from './conversation-events.ts';
import { updateConversations } from './conversations.ts';
import { carryDeletion } from './deletion/deleted.ts';
import { updateDomains } from './domains.ts';
import { executionEvents, statsEvents } from './events.ts';
import { saveExecutions } from './executions.ts';
import { forgetMessages } from './message-bodies.ts';
import { indexMessages, leavingMessages } from './message-index.ts';
import { loadScopes } from './observations.ts';
import { updateOperations } from './operations.ts';
import { saveRequests } from './request-rows.ts';
import { Steps } from './steps.ts';
import { moveAnnotations, moveExecutions } from './thread-moves.ts';
import { updateUsers } from './users.ts';

export type { CommitContext } from './commit-steps.ts';

const lock = async ({ ws }: Commit): Promise<void> => lockWorkspace(ws);

/** A batch is made durable, and the scopes that it touches are known. */
const arrival = Steps.of<Arrival>()
  .step('lock the workspace', lock)
  .step('look up erased users', loadTombstones)
  .step('redact what they send', silenceBatch)
  .step('keep the observations', keepBatch)
  .step('redact their data in the touched scopes', silenceTouched)
  .step('keep the messages that observations name', keepNamedMessages);

/** Scopes are read again because time has passed. */
const passing = Steps.of<Commit & { names: readonly string[] }>()
  .step('lock the workspace', lock)
  .step('look up erased users', loadTombstones)
  .step('load the scopes', async ({ ws, names }) => ({ scopes: await loadScopes(ws, names) }))
  .step('redact their data in the touched scopes', silenceTouched);

const derivation = Steps.of<Touched>().step('derive the touched scopes again', deriveTouched);

/** Everything that follows from what was derived. */
const consequences = Steps.of<Awaited<ReturnType<typeof derivation.run>>>()
  .step('load the stored requests and executions', loadStored)
  .step('link threads by their history', linkByHistory)
  .step('hide what belongs to deleted conversations', hideDeleted)
  .step('give each execution its id', identifyExecutions)
  .step('compare with the stored rows and price new requests', compareWithStored)
  .step('sum up the changes', sumChanges)
  .step('find the messages that may leave the index', async ({ ws, requests }) => ({
    leaving: await leavingMessages(ws, requests),
  }))
  .step('save requests', ({ ws, requests }) => saveRequests(ws, requests))
  .step('save executions', async ({ ws, executions, links }) => {
    await saveExecutions(ws, executions);
    await moveExecutions(ws, links.moved);
  })
  .step('index messages', async ({ ws, requests, leaving }) => ({
    unindexed: await indexMessages(ws, requests, leaving),
  }))
  .step('update conversations', async ({ ws, requests, deltas, tombstones }) => ({
    conversations: await updateConversations(ws, requests, deltas, tombstones),
  }))
  .step('carry deletions on to linked conversations', async ({ ws, deletion, context }) => ({
    hidden: await carryDeletion(ws, deletion.carried, context.now),
  }))
  .step('move tags and favourites with their threads', ({ ws, links, conversations }) =>
    moveAnnotations(ws, links.moved, conversations.gone),
  )
  .step('update users', ({ ws, requests }) => updateUsers(ws, requests))
  .step('update the sums of agents', ({ ws, executions }) => updateAgentSums(ws, executions))
  .step('add the changes to the rollups', ({ ws, deltas }) => applyDeltas(ws, deltas))
  .step('update domains', ({ ws, requests, deltas }) => updateDomains(ws, requests, deltas))
  .step('update sessions, errors and providers', async ({ ws, derivedScopes, ids, requests }) => ({
    operations: await updateOperations(ws, derivedScopes, ids, requests),
  }))
  .step('forget messages that nothing names any more', forgetUnsaid)
  .step('append events to the outbox', async (state) => {
    const { ws, executions, deltas, conversations, hidden, operations, context } = state;
    const gone = [...conversations.gone, ...hidden];
    const changed = { saved: conversations.saved, gone };
    const events = [
      ...executionEvents(executions),
      ...statsEvents(deltas),
      ...(await conversationEvents(ws, changed, context.now)),
      ...operations,
    ];
    return { lastEventId: await appendEvents(ws, events) };
  });

/** What a commit does, in order; `docs/architecture` explains it. */
export const commitSteps: readonly string[] = [
  ...arrival.names,
  ...derivation.names,
  ...consequences.names,
];

/** @returns the id of the last event, or `null` where nothing has changed */
export async function commitBatch(
  ws: WorkspaceTx,
  observations: readonly CleanObservation[],
  messages: ReadonlyMap<string, Message>,
  context: CommitContext,
): Promise<number | null> {
  return deriveScopes(await arrival.run({ ws, context, observations, messages }));
}

/** Derives some scopes again because time has passed. */
export async function commitScopes(
  ws: WorkspaceTx,
  names: readonly string[],
  context: CommitContext,
): Promise<number | null> {
  return deriveScopes(await passing.run({ ws, context, names }));
}

async function deriveScopes(touched: Touched): Promise<number | null> {
  const derived = await derivation.run(touched);
  if (derived.derivedScopes.length > 0) return (await consequences.run(derived)).lastEventId;
  await forgetMessages(touched.ws, touched.unsaid);
  return null;
}
