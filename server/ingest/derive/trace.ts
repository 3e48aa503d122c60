import type { Derived, Observation, StepRecord } from '../../store/records.ts';
import { hintsOf } from '../hints.ts';
import { countedCalls, growForest, type Node } from './forest.ts';
import { callsOnce } from './layers.ts';
import { byStart, first } from './order.ts';
import { executionOf, type Outcome, requestOf, type Run, stepOf } from './records.ts';

/** Vercel's `ai` 7 puts every call and tool of a run into a span `step N`. */
const STEPPING_SCOPE = 'gen_ai';

/** The requests and executions of one trace, of the clients that tell them by spans. */
export function deriveTrace(observations: readonly Observation[], now: number): Derived {
  const nodes = growForest(observations.filter(({ signal }) => signal === 'span'));
  const calls = callsOnce(countedCalls(nodes));
  const contents = contentsBySpan(observations);
  const runs = new Map<Node | null, Run>();
  for (const [root, members] of Map.groupBy(nodes, (node) => node.root)) {
    if (root !== null) {
      runs.set(root, runOf(root, members, calls));
      continue;
    }
    const floating = members.filter((node) => node.floating);
    if (floating.some(isSignOfRun)) runs.set(null, runOf(null, floating, calls));
  }

  const executions = new Map([...runs].map(([root, run]) => [root, executionOf(run, now)]));
  const requests = [...calls].map(([node, call]) => {
    const isInRun = node.root !== null || node.floating;
    const execution = isInRun ? (executions.get(node.root) ?? null) : null;
    const team = node.root?.observation.data.team ?? null;
    const content = contents.get(node.observation.spanId ?? '') ?? {};
    return requestOf(call, { execution, team, ...content });
  });
  const alone = callsWithoutSpan(observations).map((call) => requestOf(call));
  return { requests: [...requests, ...alone], executions: [...executions.values()] };
}

/** Events of whole calls whose spans are not here: not yet, or they were left out by sampling. */
function callsWithoutSpan(observations: readonly Observation[]): Observation[] {
  const spans = new Set(
    observations.flatMap(({ signal, spanId }) => (signal === 'span' ? [spanId] : [])),
  );
  return observations.filter(({ kind, spanId, data }) => {
    const isWhole = data.model !== null && (data.usage !== null || data.error !== null);
    return kind === 'content' && isWhole && (spanId === null || !spans.has(spanId));
  });
}

/** A span that only lives inside a run, so that the run shows before its root is known. */
function isSignOfRun({ observation }: Node): boolean {
  const { inRun, ambient } = hintsOf(observation);
  const { kind } = observation;
  return inRun === true || ((kind === 'tool' || kind === 'step') && ambient !== true);
}

function runOf(
  root: Node | null,
  members: readonly Node[],
  calls: ReadonlyMap<Node, Observation>,
): Run {
  const [any] = members;
  const provisional = `run:${any?.observation.traceId ?? ''}`;
  const run = {
    root: root?.observation ?? null,
    members: members.map(({ observation }) => observation),
    calls: members.flatMap((node) => calls.get(node) ?? []),
    outcome: outcomeOf(root),
    steps: stepsOf(root, members, calls),
  };
  return root === null
    ? { ...run, key: provisional, aliases: [] }
    : { ...run, key: root.observation.key, aliases: [provisional] };
}

function outcomeOf(root: Node | null): Outcome {
  const { endedAt = null, data } = root?.observation ?? {};
  if (endedAt === null) return { status: 'open', endedAt: null, error: null };
  const error = data?.error ?? null;
  return { status: error === null ? 'completed' : 'failed', endedAt, error };
}

/** The client's own steps, else its model and tool calls; an agent outside of steps is one. */
function stepsOf(
  root: Node | null,
  members: readonly Node[],
  calls: ReadonlyMap<Node, Observation>,
): StepRecord[] {
  const direct = members.filter((node) => node !== root && node.agent === root);
  const implied = root === null ? impliedSteps(direct) : [];
  const hasSteps =
    implied.length > 0 || direct.some(({ observation }) => observation.kind === 'step');
  const counts = (node: Node): boolean => {
    const { kind } = node.observation;
    if (kind === 'agent') return !isWithinStep(node);
    return hasSteps ? kind === 'step' : kind === 'tool' || (calls.has(node) && kind !== 'step');
  };
  return [...direct.filter(counts).map(({ observation }) => stepOf(observation)), ...implied];
}

function isWithinStep({ parent, agent }: Node): boolean {
  for (let at = parent; at !== null && at !== agent; at = at.parent) {
    if (at.observation.kind === 'step') return true;
  }
  return false;
}

/** Steps whose own span is still to come: what has arrived lies in one. */
function impliedSteps(nodes: readonly Node[]): StepRecord[] {
  const starts = new Map<string, number>();
  for (const { observation, parent } of nodes) {
    const { scopeName, parentSpanId } = observation.data;
    if (parent !== null || scopeName !== STEPPING_SCOPE || parentSpanId === null) continue;
    if (observation.kind !== 'tool' && observation.kind !== 'request') continue;
    const known = starts.get(parentSpanId) ?? Infinity;
    starts.set(parentSpanId, Math.min(known, observation.startedAt));
  }
  return [...starts.values()].map((startedAt) => ({
    name: 'step',
    kind: 'step',
    status: 'running',
    startedAt,
    endedAt: null,
    model: null,
    tool: null,
    error: null,
  }));
}

interface Content {
  input: string[];
  output: string[];
  finishReason: string | null;
}

/** Message logs by the span that they belong to, in the order in which they were said. */
function contentsBySpan(observations: readonly Observation[]): Map<string, Content> {
  const logs = observations.filter(({ kind }) => kind === 'content').toSorted(byStart);
  const bySpan = Map.groupBy(logs, ({ spanId }) => spanId ?? '');
  return new Map(
    [...bySpan].map(([span, said]) => [
      span,
      {
        input: said.flatMap(({ data }) => data.inputMessages),
        output: said.flatMap(({ data }) => data.outputMessages),
        finishReason: first(said.map(({ data }) => data.finishReason)),
      },
    ]),
  );
}
