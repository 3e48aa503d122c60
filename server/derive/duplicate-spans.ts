import type { Observation, ObservationData } from '../model/observation.ts';
import type { Usage } from '../model/usage.ts';
import type { Node } from './span-tree.ts';
import { byStart } from './order.ts';

/** Later spans that are looked at for one: only nonsense has more of them at the same time. */
const CANDIDATES_LIMIT = 100;

/**
 * Instrumentations lie on top of each other: a framework's and an SDK's tell the same call, the one
 * around the other or, where the framework doesn't make its span the current one, beside it.
 * @param counted the calls that count
 * @returns each call once, with what all of its accounts say; by the node that stands for it
 */
export function callsOnce(counted: ReadonlySet<Node>): Map<Node, Observation> {
  const calls = new Map<Node, Observation>();
  const outer = accountsAround(counted);
  for (const node of counted) {
    const accounts = outer.get(node) ?? [];
    calls.set(node, accounts.reduce(completed, node.observation));
  }
  for (const [kept, twin] of twinsIn(counted)) {
    const [call, other] = [calls.get(kept), calls.get(twin)];
    if (call && other) calls.set(kept, completed(call, other));
    calls.delete(twin);
  }
  return calls;
}

/** The spans around a call that tell it again; one with several calls in it tells of none. */
function accountsAround(counted: ReadonlySet<Node>): Map<Node, Node['observation'][]> {
  const callsWithin = new Map<Node, number>();
  const around = new Map<Node, Node[]>();
  for (const node of counted) {
    const above: Node[] = [];
    for (let at = node.parent; at !== null && isCall(at) && !counted.has(at); at = at.parent) {
      above.push(at);
      callsWithin.set(at, (callsWithin.get(at) ?? 0) + 1);
    }
    around.set(node, above);
  }
  return new Map(
    [...around].map(([node, above]) => [
      node,
      above.filter((at) => callsWithin.get(at) === 1).map(({ observation }) => observation),
    ]),
  );
}

function isCall({ observation: { kind } }: Node): boolean {
  return kind === 'request' || kind === 'usage-parent';
}

/** Pairs of spans of two instrumentations that tell the same call: the one to keep comes first. */
function twinsIn(counted: ReadonlySet<Node>): [Node, Node][] {
  const calls = [...counted].filter(({ observation }) => observation.kind === 'request');
  if (new Set(calls.map(({ observation }) => observation.data.scopeName)).size < 2) return [];
  // Of those that begin together, the longer is around the other.
  const sorted = calls.toSorted(
    ({ observation: a }, { observation: b }) =>
      a.startedAt - b.startedAt || (b.endedAt ?? 0) - (a.endedAt ?? 0) || byStart(a, b),
  );
  const paired = new Set<Node>();
  const twins: [Node, Node][] = [];
  sorted.forEach((outer, index) => {
    if (paired.has(outer)) return;
    const inner = sorted
      .slice(index + 1, index + 1 + CANDIDATES_LIMIT)
      .find((node) => !paired.has(node) && areTwins(outer, node));
    if (!inner) return;
    paired.add(outer).add(inner);
    twins.push(outer.root === null && inner.root !== null ? [inner, outer] : [outer, inner]);
  });
  return twins;
}

/** One lies within the other's time, and nothing that both tell differs. */
function areTwins(outer: Node, inner: Node): boolean {
  const [a, b] = [outer.observation, inner.observation];
  return (
    a.data.scopeName !== b.data.scopeName &&
    a.endedAt !== null &&
    b.endedAt !== null &&
    b.endedAt <= a.endedAt &&
    (outer.root === null || inner.root === null || outer.root === inner.root) &&
    (a.data.error === null) === (b.data.error === null) &&
    isSameModel(a.data.model, b.data.model) &&
    isSameResponse(a.data.responseId, b.data.responseId) &&
    isSameUsage(a.data.usage, b.data.usage) &&
    !isBelow(inner, outer)
  );
}

/** What was asked for is the beginning of what answered: `gpt-4o` and `gpt-4o-2024-08-06`. */
export function isSameModel(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && (a.startsWith(b) || b.startsWith(a));
}

/** `ai` makes up an id where the provider gave it none. */
function isSameResponse(a: string | null, b: string | null): boolean {
  const isMadeUp = (id: string) => id.startsWith('aitxt-') || id.startsWith('aiobj-');
  return a === null || b === null || a === b || isMadeUp(a) || isMadeUp(b);
}

/** Some accounts leave out the cache's part of the input, or all of it. */
function isSameUsage(a: Usage | null, b: Usage | null): boolean {
  if (a === null || b === null) return true;
  return a.output === b.output && inputOf(a) === inputOf(b);
}

function inputOf({ uncachedInput, cacheRead, cacheWrite }: Usage): number {
  return (uncachedInput ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0);
}

function isBelow(node: Node, ancestor: Node): boolean {
  for (let at = node.parent; at !== null; at = at.parent) if (at === ancestor) return true;
  return false;
}

/** An account of a call, with what another one knows beyond it. */
export function completed(call: Observation, { data: other }: Observation): Observation {
  const { data } = call;
  const known: Partial<ObservationData> = {
    user: data.user ?? other.user,
    conversation: data.conversation ?? other.conversation,
    agent: data.agent ?? other.agent,
    responseId: data.responseId ?? other.responseId,
    usage: fullerUsage(data.usage, other.usage),
    finishReason: data.finishReason ?? other.finishReason,
    timeToFirstTokenMs: data.timeToFirstTokenMs ?? other.timeToFirstTokenMs,
    inputMessages: data.inputMessages.length > 0 ? data.inputMessages : other.inputMessages,
    outputMessages: data.outputMessages.length > 0 ? data.outputMessages : other.outputMessages,
  };
  return { ...call, data: { ...data, ...known } };
}

/** The one that knows what the cache gave, where the counts are the same. */
function fullerUsage(own: Usage | null, other: Usage | null): Usage | null {
  if (own === null || other === null) return own ?? other;
  const knows = ({ cacheRead, cacheWrite }: Usage) => cacheRead !== null || cacheWrite !== null;
  return !knows(own) && knows(other) && isSameUsage(own, other) ? other : own;
}
