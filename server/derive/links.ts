import type { LinkRecord } from '../model/execution.ts';
import type { Observation } from '../model/observation.ts';
import { hintsOf } from '../model/hints.ts';
import type { Node } from './span-tree.ts';

/** One call of a tool, or one run of an agent within another. */
export interface Link {
  kind: LinkRecord['kind'];
  /** The agent that called; `null`: the run's own. */
  source: string | null;
  target: string;
  failed: boolean;
}

/** Different links of one run that are kept. */
const LINKS_LIMIT = 500;

/** What the agents of a run called, each call once. */
export function linksOf(root: Node | null, members: readonly Node[]): Link[] {
  return members.flatMap((node) => {
    const { kind, data } = node.observation;
    if (kind === 'tool' && !isToldAround(node)) return toolLink(node.observation, callerOf(node));
    const isNested = kind === 'agent' && node !== root && hintsOf(node.observation).chain !== true;
    if (!isNested || data.agent === null) return [];
    const failed = data.error !== null;
    return { kind: 'agent', source: callerOf(node), target: data.agent, failed };
  });
}

export function toolLink({ data }: Observation, source: string | null): Link {
  return { kind: 'tool', source, target: data.tool ?? data.name, failed: data.error !== null };
}

/** The nearest agent around that has a name. */
function callerOf(node: Node): string | null {
  for (let at = node.agent; at !== null; at = at.agent) {
    const { agent } = at.observation.data;
    if (agent !== null) return agent;
  }
  return null;
}

/** Two instrumentations tell one call of a tool, the one around the other. */
function isToldAround(node: Node): boolean {
  const { tool } = node.observation.data;
  for (let at = node.parent; at !== null && at !== node.agent; at = at.parent) {
    const { kind, data } = at.observation;
    if (kind === 'tool') return tool !== null && data.tool === tool;
  }
  return false;
}

/**
 * The links of a run, counted.
 * @param agent the run's own: what called where nothing nearer has a name
 */
export function countLinks(links: readonly Link[], agent: string | null): LinkRecord[] {
  const counted = new Map<string, LinkRecord>();
  for (const { kind, target, failed, ...link } of links) {
    const source = link.source ?? agent;
    const key = JSON.stringify([kind, source, target]);
    const record = counted.get(key) ?? { kind, source, target, calls: 0, errors: 0 };
    record.calls++;
    if (failed) record.errors++;
    counted.set(key, record);
  }
  return [...counted]
    .toSorted(([a, one], [b, other]) => other.calls - one.calls || (a < b ? -1 : 1))
    .slice(0, LINKS_LIMIT)
    .map(([, record]) => record);
}
