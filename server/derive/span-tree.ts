import { hintsOf } from '../model/hints.ts';
import type { Observation } from '../model/observation.ts';
import { byKey } from './order.ts';

/** An observed span among the others of its trace. */
export interface Node {
  observation: Observation;
  parent: Node | null;
  children: Node[];
  /** The agent that it runs in, itself left out. */
  agent: Node | null;
  /** The outermost agent that it runs in or is: the root of its execution. */
  root: Node | null;
  /** Its parent's span; of links, the first beyond them. */
  above: string | null;
  /** Its parent was never observed. */
  adrift: boolean;
  /** At the top of its tree is a span whose parent is still to come: the root, perhaps. */
  floating: boolean;
  /** That root has to come: a span that only lives inside a run is this one, or around it. */
  awaitsRoot: boolean;
}

/** A span that only lives inside a run, so that the run shows before its root is known. */
export function isSignOfRun(observation: Observation): boolean {
  const { inRun, ambient } = hintsOf(observation);
  const { kind } = observation;
  return inRun === true || ((kind === 'tool' || kind === 'step') && ambient !== true);
}

/**
 * The spans of a trace as trees, without the links between them. Parents arrive after their
 * children: a span whose parent is not here belongs to the narrowest span around it in time.
 * @param settled nothing is awaited any more: an agent whose run's root never came is a root
 */
export function growForest(
  spans: readonly Observation[],
  { settled = false }: { settled?: boolean } = {},
): Node[] {
  const beyondLinks = readLinks(spans);
  const kept = spans.filter(({ kind }) => kind !== 'link');
  const nodes = kept.toSorted(byKey).map((observation): Node => ({
    observation,
    parent: null,
    children: [],
    agent: null,
    root: null,
    above: beyondLinks(observation.data.parentSpanId),
    adrift: false,
    floating: false,
    awaitsRoot: false,
  }));
  const bySpan = new Map(nodes.map((node) => [node.observation.spanId, node]));
  for (const node of nodes) {
    const parent = node.above === null ? undefined : bySpan.get(node.above);
    if (parent && parent !== node) node.parent = parent;
    else node.adrift = node.above !== null;
  }
  cutCircles(nodes);
  adopt(nodes);
  cutCircles(nodes);
  for (const node of nodes) node.parent?.children.push(node);
  const ordered = fromTheTop(nodes);
  for (const node of ordered) {
    const { parent, observation } = node;
    node.agent = parent?.observation.kind === 'agent' ? parent : (parent?.agent ?? null);
    node.floating = parent?.floating ?? node.adrift;
    const isInRun = parent?.awaitsRoot === true;
    node.awaitsRoot = isInRun || (node.floating && isSignOfRun(observation));
    const isTop = settled || !isInRun;
    node.root = parent?.root ?? (observation.kind === 'agent' && isTop ? node : null);
  }
  return ordered;
}

/** Tells the first span that is no link, up from one; it need not have been observed. */
function readLinks(spans: readonly Observation[]): (spanId: string | null) => string | null {
  const links = new Map<string, string | null>(
    spans.flatMap(({ kind, spanId, data }) =>
      kind === 'link' && spanId !== null ? [[spanId, data.parentSpanId] as const] : [],
    ),
  );
  return (from) => {
    const passed: string[] = [];
    let at = from;
    while (at !== null) {
      const above = links.get(at);
      // One that is its own ancestor leads nowhere.
      if (above === undefined || passed.length > links.size) break;
      passed.push(at);
      at = above;
    }
    for (const link of passed) links.set(link, at);
    return at;
  };
}

/** Spans that are each other's parents are nobody's child. */
function cutCircles(nodes: readonly Node[]): void {
  const safe = new Set<Node>();
  for (const start of nodes) {
    const path = new Set<Node>();
    let node: Node | null = start;
    while (node !== null && !safe.has(node) && !path.has(node)) {
      path.add(node);
      node = node.parent;
    }
    if (node !== null && path.has(node)) {
      const circle: Node[] = [...path].slice([...path].indexOf(node));
      const first = circle.toSorted((a, b) => byKey(a.observation, b.observation))[0];
      if (first) first.parent = null;
    }
    for (const passed of path) safe.add(passed);
  }
}

/** Pairs of an orphan and what may be around it that are looked at: no trace of use has as many. */
const PAIRS_LIMIT = 4_000_000;

/** How far up a candidate is searched for the orphan itself. */
const ANCESTORS_LIMIT = 50;

/**
 * Gives orphans to the narrowest agent, step or tool around them. Two that miss the same parent
 * are siblings, even where one is within the other's time.
 */
function adopt(nodes: readonly Node[]): void {
  const orphans = nodes.filter(({ adrift }) => adrift);
  const candidates = nodes
    .filter(({ observation: { kind } }) => kind === 'agent' || kind === 'step' || kind === 'tool')
    .toSorted((a, b) => lengthOf(b) - lengthOf(a) || byKey(a.observation, b.observation))
    .slice(0, Math.ceil(PAIRS_LIMIT / (orphans.length + 1)))
    .toReversed();
  for (const orphan of orphans) {
    orphan.parent =
      candidates.find((other) => isAround(other, orphan) && !hasAncestor(other, orphan)) ?? null;
  }
}

function isAround({ observation: outer, above }: Node, { observation: inner, above: other }: Node) {
  if (above === other) return false;
  if (outer === inner) return false;
  // What runs in the background may end after what it belongs to.
  return outer.startedAt <= inner.startedAt && inner.startedAt <= (outer.endedAt ?? Infinity);
}

function lengthOf({ observation: { startedAt, endedAt } }: Node): number {
  return (endedAt ?? Infinity) - startedAt;
}

function hasAncestor(node: Node, ancestor: Node): boolean {
  let at = node.parent;
  for (let up = 0; at !== null && up < ANCESTORS_LIMIT; up++, at = at.parent) {
    if (at === ancestor) return true;
  }
  return false;
}

/** Every node after its parent. */
function fromTheTop(nodes: readonly Node[]): Node[] {
  const ordered = nodes.filter(({ parent }) => parent === null);
  for (const node of ordered) for (const child of node.children) ordered.push(child);
  return ordered;
}

/**
 * The spans that are model calls of their own. Instrumentations lie on top of each other, and what
 * is around a call repeats its usage: only the innermost counts, and something around only where
 * nothing below it does.
 */
export function countedCalls(nodes: readonly Node[]): Set<Node> {
  const counted = new Set<Node>();
  /** Below a node, as deep as one goes / without going through an agent, a step or a tool. */
  const anyBelow = new Set<Node>();
  const callBelow = new Set<Node>();
  for (const node of nodes.toReversed()) {
    const { kind, data } = node.observation;
    const isCall = kind === 'request' && !callBelow.has(node);
    const standsIn =
      (kind === 'usage-parent' || kind === 'agent') && data.usage !== null && !anyBelow.has(node);
    if (isCall || standsIn) counted.add(node);
    if (node.parent === null) continue;
    if (counted.has(node) || anyBelow.has(node)) anyBelow.add(node.parent);
    const passes =
      kind === 'request' || kind === 'usage-parent' || hintsOf(node.observation).ambient;
    if (kind === 'request' || (passes && callBelow.has(node))) callBelow.add(node.parent);
  }
  return counted;
}
