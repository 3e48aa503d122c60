/** The steps of a commit, each as a function of what the ones before it have left. */
import type { Derived } from '../../model/derived.ts';
import type { Message } from '../../model/message.ts';
import type { RequestRecord } from '../../model/request.ts';
import { cleanName } from '../database/clean.ts';
import type { WorkspaceTx } from '../database/database.ts';
import { Deltas } from '../rollups/deltas.ts';
import { readPriceOverrides } from '../tenancy/prices.ts';
import { settleFloors } from '../time/retention-floors.ts';
import type { CleanObservation } from './clean.ts';
import { linkableOf, tiedBy, tieOf } from './conversation-ties.ts';
import { findDeletion, placeOf } from './deletion/deleted.ts';
import type { Derivation } from './derivation.ts';
import { silenceIncoming, silenceScopes } from './erasure/silence.ts';
import { Tombstones } from './erasure/tombstones.ts';
import {
  assignIds,
  compareExecutions,
  loadExecutions,
  type DerivedExecution,
  type ExecutionChanges,
  type StoredExecution,
} from './executions.ts';
import { linkRequests, type Links } from './links.ts';
import { forgetMessages, keepMessages } from './message-bodies.ts';
import { keepObservations, type TouchedScope } from './observations.ts';
import {
  compareRequests,
  loadRequests,
  newRequest,
  type NewRequest,
  type RequestChanges,
  type StoredRequest,
} from './requests.ts';
import { movedRequests } from './thread-moves.ts';

export interface CommitContext {
  derivation: Derivation;
  /** Epoch ms. */
  now: number;
  /** Notified of a scope that can't be derived: its observations are kept, its rows stay. */
  unreadable(scope: string, error: unknown): void;
  /** @throws MissingMonths */
  checkMonths(rows: readonly { startedAt: number }[]): void;
}

/** What every step has. */
export interface Commit {
  ws: WorkspaceTx;
  context: CommitContext;
}

/** A batch as it arrives. */
export interface Arrival extends Commit {
  observations: readonly CleanObservation[];
  messages: ReadonlyMap<string, Message>;
}

/** A scope with what its observations amount to now. */
interface DerivedScope extends TouchedScope {
  derived: Derived;
}

export const loadTombstones = async ({ ws }: Commit) => ({
  tombstones: await Tombstones.load(ws),
});

type Silencing = Commit & { tombstones: Tombstones };

export const silenceBatch = async ({ tombstones, observations }: Arrival & Silencing) => ({
  observations: await silenceIncoming(tombstones, observations),
});

export const keepBatch = async ({ ws, observations, context }: Arrival) => ({
  scopes: await keepObservations(ws, observations, context.derivation.scopeOf),
});

export const silenceTouched = ({
  ws,
  tombstones,
  scopes,
}: Silencing & { scopes: readonly TouchedScope[] }) => silenceScopes(ws, tombstones, scopes);

export type Touched = Silencing & {
  scopes: readonly TouchedScope[];
  unsaid: readonly string[];
};

/** Of a repeated batch the messages are here already, or were deleted. */
export async function keepNamedMessages({ ws, context, scopes, messages }: Arrival & Touched) {
  const named = namedIn(scopes, messages);
  const kept = new Map([...messages].filter(([hash]) => named.has(hash)));
  await keepMessages(ws, kept, context.now);
}

export const deriveTouched = ({ scopes, context }: Touched) => ({
  derivedScopes: scopes.flatMap((scope): DerivedScope[] => {
    const derived = deriveScope(scope, context);
    return derived ? [{ ...scope, derived }] : [];
  }),
});

/** A fault in one trace must not cost the others theirs. */
function deriveScope(
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

type Reading = Commit & { derivedScopes: readonly DerivedScope[] };

export async function loadStored({ ws, derivedScopes }: Reading) {
  const known = derivedScopes.flatMap(({ scope, known: isKnown }) => (isKnown ? [scope] : []));
  return {
    storedRequests: await loadRequests(ws, known),
    storedExecutions: await loadExecutions(ws, known),
  };
}

type Stored = Reading & { storedRequests: StoredRequest[]; storedExecutions: StoredExecution[] };

export async function linkByHistory({ ws, derivedScopes, storedRequests }: Stored) {
  const links = await linkRequests(
    ws,
    storedRequests.flatMap(({ key, link }) => (link === 'client' ? [] : [key])),
    derivedScopes.flatMap(({ derived }) => derived.requests.flatMap(linkableOf)),
  );
  const tied = derivedScopes.map((each) => ({ ...each, derived: tiedBy(links, each.derived) }));
  return { links, derivedScopes: tied };
}

type Linked = Stored & { links: Links };

export async function hideDeleted({ ws, links, derivedScopes, storedRequests }: Linked) {
  const place = (record: RequestRecord) =>
    placeOf({ domain: record.domain, conversation: tieOf(record, links).conversation });
  const deletion = await findDeletion(ws, derivedScopes, storedRequests, links.moved, place);
  const shown = derivedScopes.map((each) => ({ ...each, derived: deletion.hide(each.derived) }));
  return { deletion, derivedScopes: shown };
}

export function identifyExecutions({ derivedScopes, storedExecutions }: Stored) {
  const derived = derivedScopes.flatMap(({ scope, derived: { executions } }) =>
    executions.map((record) => ({ scope, key: cleanName(record.key), record })),
  );
  return { ids: assignIds(storedExecutions, derived) };
}

type Identified = Linked & { ids: Map<DerivedExecution, string> };

export async function compareWithStored(state: Identified) {
  const { ws, context, links, ids, derivedScopes, storedRequests, storedExecutions } = state;
  const wanted = derivedScopes.flatMap((scope) => requestsOf(scope, ids, links));
  const overrides = await readPriceOverrides(ws);
  const compared = compareRequests(storedRequests, wanted, (request) =>
    context.derivation.priceOf(request, overrides),
  );
  const moved = await movedRequests(ws, links.moved, [...storedRequests, ...wanted]);
  const byExecution = Map.groupBy(wanted, ({ executionId }) => executionId);
  const executions = compareExecutions(
    storedExecutions,
    ids,
    (execution) => byExecution.get(ids.get(execution) ?? '') ?? [],
  );
  context.checkMonths(compared.added);
  return { requests: { ...compared, moved }, executions };
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

export type Compared = Identified & { requests: RequestChanges; executions: ExecutionChanges };

export async function sumChanges({ ws, context, requests, executions }: Compared) {
  const deltas = new Deltas(await settleFloors(ws, context.now));
  for (const request of requests.removed) deltas.addRequest(request, -1);
  for (const request of requests.added) deltas.addRequest(request, 1);
  for (const execution of executions.removed) deltas.addExecution(execution, -1);
  for (const { before, after } of executions.saved) {
    if (before) deltas.addExecution(before, -1);
    deltas.addExecution(after, 1);
  }
  return { deltas };
}

/** A message that an observation names may be said again, once more of its scope has come. */
export async function forgetUnsaid({
  ws,
  scopes,
  unsaid,
  unindexed,
}: Touched & { unindexed: ReadonlySet<string> }) {
  const named = namedIn(scopes, unindexed);
  await forgetMessages(ws, [...unsaid, ...[...unindexed].filter((hash) => !named.has(hash))]);
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
