import type { Derived } from '../model/derived.ts';
import type { Observation } from '../model/observation.ts';
import type { StepRecord } from '../model/execution.ts';
import { eachOnce, errorRecord, errorsInTrace } from './errors.ts';
import { countedCalls, growForest, isSignOfRun, type Node } from './span-tree.ts';
import { callsOnce, completed } from './duplicate-spans.ts';
import { linksOf } from './links.ts';
import { byStart, endOf, first, latest } from './order.ts';
import {
  executionOf,
  isStale,
  type Outcome,
  requestOf,
  type Run,
  stepOf,
  type Surroundings,
} from './records.ts';

/** Vercel's `ai` 7 puts every call and tool of a run into a span `step N`. */
const STEPPING_SCOPE = 'gen_ai';

/** The requests and executions of one trace, of the clients that tell them by spans. */
export function deriveTrace(observations: readonly Observation[], now: number): Derived {
  const nodes = spanTree(observations, now);
  const calls = callsOnce(countedCalls(nodes));
  const events = contentsBySpan(observations);
  const outside = aroundRuns(nodes);
  const isInRun = (node: Node) => node.root !== null || (node.floating && !outside.has(node));
  const runs = new Map<Node | null, Run>();
  for (const [root, members] of Map.groupBy(nodes.filter(isInRun), (node) => node.root)) {
    if (root !== null || members.some(({ observation }) => isSignOfRun(observation))) {
      runs.set(root, runOf(root, members, calls));
    }
  }

  const executions = new Map([...runs].map(([root, run]) => [root, executionOf(run, now)]));
  const requests = [...calls].map(([node, call]) => {
    const execution = isInRun(node) ? (executions.get(node.root) ?? null) : null;
    const { told, ...content } = events.get(node.observation.spanId ?? '') ?? nothingSaid;
    const whole = told.reduce(completed, call);
    return requestOf(whole, { execution, ...agentsAround(node), ...content });
  });
  const alone = callsWithoutSpan(observations);
  const executionAround = (node: Node) =>
    isInRun(node) ? (executions.get(node.root) ?? null) : null;
  const errors = [
    ...errorsInTrace(observations, nodes, calls, executionAround),
    ...alone.map((call) =>
      errorRecord(call, { source: 'request', execution: null, recovered: false }),
    ),
  ];
  return {
    requests: [...requests, ...alone.map((call) => requestOf(call))],
    executions: [...executions.values()],
    sessions: [],
    errors: eachOnce(errors),
  };
}

/** A root that has not come for as long as makes a run abandoned is not awaited any longer. */
function spanTree(observations: readonly Observation[], now: number): Node[] {
  const spans = observations.filter(({ signal }) => signal === 'span');
  const nodes = growForest(spans);
  const waiting = nodes.filter(({ root, floating }) => root === null && floating);
  const hasAgent = waiting.some(({ observation }) => observation.kind === 'agent');
  const lastEventAt = latest(waiting.map(({ observation }) => endOf(observation)));
  return hasAgent && isStale(lastEventAt, now) ? growForest(spans, { settled: true }) : nodes;
}

/** What runs are within: it is in none itself. */
function aroundRuns(nodes: readonly Node[]): Set<Node> {
  const around = new Set<Node>();
  for (const node of nodes) {
    if (node.root !== node) continue;
    for (let at = node.parent; at !== null && !around.has(at); at = at.parent) around.add(at);
  }
  return around;
}

/** What the agents that a call runs in tell of it, the nearest first. */
function agentsAround({ agent }: Node): Partial<Surroundings> {
  const around: Observation['data'][] = [];
  for (let at = agent; at !== null; at = at.agent) around.push(at.observation.data);
  return {
    agent: first(around.map((data) => data.agent)),
    user: first(around.map(({ user }) => user)),
    conversation: first(around.map(({ conversation }) => conversation)),
    team: first(around.map(({ team }) => team)),
  };
}

/** Events of whole calls whose spans are not here: not yet, or they were left out by sampling. */
function callsWithoutSpan(observations: readonly Observation[]): Observation[] {
  const spans = observations.filter(({ signal, kind }) => signal === 'span' && kind !== 'link');
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const responses = new Set(spans.map(({ data }) => data.responseId));
  return observations.filter(({ kind, spanId, data }) => {
    const isWhole = data.model !== null && (data.usage !== null || data.error !== null);
    const isTold =
      (spanId !== null && ids.has(spanId)) ||
      (data.responseId !== null && responses.has(data.responseId));
    return kind === 'content' && isWhole && !isTold;
  });
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
    links: linksOf(root, members),
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
  /** Events of the whole call. */
  told: Observation[];
}

const nothingSaid: Content = { input: [], output: [], finishReason: null, told: [] };

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
        told: said.filter(({ data }) => data.model !== null),
      },
    ]),
  );
}
