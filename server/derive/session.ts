import type { Derived } from '../model/derived.ts';
import type { ExecutionRecord, StepRecord } from '../model/execution.ts';
import type { Observation } from '../model/observation.ts';
import { callsInLogs, callsInSpans } from './calls.ts';
import { countedCalls, growForest, type Node } from './span-tree.ts';
import { hintsOf } from '../model/hints.ts';
import { toolLink } from './links.ts';
import { answeredAfter, eachOnce, errorRecord } from './errors.ts';
import { byEnd, endOf, first } from './order.ts';
import { turnOutcome } from './outcome.ts';
import { executionOf, requestOf, type Run, stepOf } from './records.ts';
import { sessionOf } from './states.ts';
import { type Turn, Turns, turnsOf } from './turns.ts';

/**
 * The requests and executions of one CLI session. The same call is told by logs, spans and metrics:
 * logs are believed where they tell of calls at all, else spans; metrics never.
 */
export function deriveSession(observations: readonly Observation[], now: number): Derived {
  const logs = observations.filter(({ signal }) => signal === 'log');
  const traces = Map.groupBy(spansOf(observations), ({ traceId }) => traceId);
  const nodes = [...traces.values()].flatMap((spans) => growForest(spans));
  const spanCalls = countedCalls(nodes);
  const loggedCalls = callsInLogs(logs);
  const answered = loggedCalls.some(({ kind }) => kind === 'request');
  const fromLogs = answered || (loggedCalls.length > 0 && spanCalls.size === 0);
  const toolLogs = logs.filter(({ kind }) => kind === 'tool');

  const turns = turnsOf(logs, nodes);
  const placed = new Turns(turns);
  const outside: Observation[] = [];
  const place = (turn: Turn | null, call: Observation) => (turn?.calls ?? outside).push(call);
  for (const call of fromLogs ? loggedCalls.map(enrichedBy(nodes)) : []) {
    place(placed.ofLog(call), call);
  }
  const tellers = nodes.filter((node) => spanCalls.has(node) || node.observation.kind === 'error');
  for (const [turn, group] of Map.groupBy(fromLogs ? [] : tellers, (node) => placed.ofNode(node))) {
    const spans = group.map(({ observation }) => observation);
    for (const call of callsInSpans(spans)) place(turn, call);
  }
  for (const tool of toolLogs) placed.ofLog(tool)?.tools.push(tool);
  for (const node of toolLogs.length > 0 ? [] : nodes) {
    if (node.observation.kind === 'tool') placed.ofNode(node)?.tools.push(toolOf(node));
  }
  for (const log of logs) {
    if (log.kind === 'event' || log.kind === 'error') placed.ofLog(log)?.events.push(log);
  }
  const told = written(turns, outside, factsOf(observations), now);
  const session = sessionOf(observations, turns, told.requests.length, now);
  return { ...told, sessions: session ? [session] : [] };
}

/** What all of a session have in common, where any of its records tells. */
interface Facts {
  family: string;
  /** The session's id, else the trace that stands for it. */
  id: string;
  user: string | null;
  provider: string | null;
  conversation: string | null;
}

function factsOf(observations: readonly Observation[]): Facts {
  const sorted = observations.toSorted(byEnd);
  const known = <T>(read: (o: Observation) => T | null) => first(sorted.map(read));
  return {
    family: sorted[0]?.family ?? '',
    id: known((o) => o.session) ?? known((o) => o.traceId) ?? '',
    user: known((o) => o.data.user),
    provider: known((o) => o.data.provider),
    conversation: known((o) => o.data.conversation),
  };
}

function written(
  turns: readonly Turn[],
  outside: readonly Observation[],
  facts: Facts,
  now: number,
): Omit<Derived, 'sessions'> {
  const requests = outside.map((call) => requestOf(completed(call, facts)));
  const errors = outside.map((call) =>
    errorRecord(completed(call, facts), { source: 'request', execution: null, recovered: false }),
  );
  const executions = turns.map((turn, index) => {
    const place = { isFirst: index === 0, isSuperseded: index < turns.length - 1 };
    const execution = executionOf(runOf(turn, place, facts, now), now);
    const inputs = promptsByCall(turn);
    for (const call of turn.calls) {
      const input = inputs.get(call) ?? [];
      requests.push(requestOf(completed(call, facts), { execution, input }));
    }
    const known = { ...execution, user: execution.user ?? facts.user };
    errors.push(...errorsInTurn(turn, known, facts));
    return known;
  });
  return { requests, executions, errors: eachOnce(errors) };
}

/** What went wrong in a turn: its calls and tools, and what the client says of itself. */
function errorsInTurn(turn: Turn, execution: ExecutionRecord, facts: Facts) {
  const { calls, tools, events, span } = turn;
  const told = [
    ...calls.map((call) => ({ observation: call, source: 'request' as const })),
    ...tools.map((tool) => ({ observation: tool, source: 'tool' as const })),
    ...events
      .filter(({ kind }) => kind === 'event')
      .map((event) => ({ observation: event, source: 'session' as const })),
  ];
  const types = new Set(told.map(({ observation }) => observation.data.error?.type));
  // A turn fails by what is in it, and says so once more.
  const own = span?.data.error && !types.has(span.data.error.type) ? [span] : [];
  return [
    ...told,
    ...own.map((observation) => ({ observation, source: 'execution' as const })),
  ].map(({ observation, source }) =>
    errorRecord(completed(observation, facts), {
      source,
      execution,
      recovered: execution.status === 'completed' || answeredAfter(calls, endOf(observation)),
    }),
  );
}

function completed(call: Observation, { user, provider, conversation }: Facts): Observation {
  const { data } = call;
  return {
    ...call,
    data: {
      ...data,
      user: data.user ?? user,
      provider: data.provider ?? provider,
      conversation: data.conversation ?? conversation,
    },
  };
}

function spansOf(observations: readonly Observation[]): Observation[] {
  return observations.filter(({ signal }) => signal === 'span');
}

function runOf(
  turn: Turn,
  { isFirst, isSuperseded }: { isFirst: boolean; isSuperseded: boolean },
  { id, family }: Facts,
  now: number,
): Run {
  const { span, calls, tools, events } = turn;
  const prompts = turn.prompts.toSorted(byEnd);
  const turnIds = [turn.id, span?.data.turn].flatMap((turnId) => (turnId == null ? [] : [turnId]));
  const traces = [turn.trace, span?.traceId].flatMap((trace) => (trace == null ? [] : [trace]));
  const model = span?.data.model ?? null;
  const own = `run:${family}:${id}`;
  const [key = own, ...aliases] = [
    ...(turn.id === null ? [] : [`turn:${id}:${turn.id}`]),
    ...prompts.map((prompt) => prompt.key),
    ...turnIds.map((turnId) => `turn:${id}:${turnId}`),
    ...(span ? [span.key] : []),
    // Another family's run in the same trace is another one.
    ...traces.map((trace) => `run:${family}:${trace}`),
    ...(isFirst ? [own] : []),
  ];
  return {
    key,
    aliases,
    root: rootOf(prompts[0], span),
    members: [...prompts, ...(span ? [span] : []), ...calls, ...tools, ...events],
    calls,
    steps: [...calls.map((call) => callStepOf(call, model)), ...tools.map(stepOf)],
    links: tools.map((tool) => toolLink(tool, tool.data.agent)),
    outcome: turnOutcome(turn, isSuperseded, now),
  };
}

/** A tool's span, and the error that a span within it tells of the very same call. */
function toolOf({ observation, children }: Node): Observation {
  const inner = children.find(({ observation: { kind, data } }) => {
    return kind === 'event' && data.error !== null;
  });
  if (!inner || observation.data.error !== null) return observation;
  return { ...observation, data: { ...observation.data, error: inner.observation.data.error } };
}

/** The spans of calls have technical names, and Codex's know no model: it is what tells most. */
function callStepOf(call: Observation, model: string | null): StepRecord {
  const known = call.data.model ?? model;
  return { ...stepOf(call), name: known ?? call.data.name, model: known };
}

/** A turn began with whichever of its prompt and its span came first. */
function rootOf(prompt: Observation | undefined, span: Observation | null): Observation | null {
  if (!prompt || !span) return prompt ?? span;
  return { ...prompt, startedAt: Math.min(prompt.startedAt, span.startedAt) };
}

/** Each prompt is what the first call after it was asked. */
function promptsByCall({ prompts, calls }: Turn): Map<Observation, string[]> {
  const sorted = calls.toSorted(byEnd);
  const inputs = new Map<Observation, string[]>();
  for (const prompt of prompts.toSorted(byEnd)) {
    const call = sorted.find((candidate) => endOf(candidate) >= endOf(prompt));
    if (call) inputs.set(call, [...(inputs.get(call) ?? []), ...prompt.data.inputMessages]);
  }
  return inputs;
}

/** What the span of a call knows beyond its log: how long the first token took. */
function enrichedBy(nodes: readonly Node[]): (call: Observation) => Observation {
  const spans = nodes
    .map(({ observation }) => observation)
    .filter(({ kind }) => kind === 'request');
  const byResponse = new Map(spans.map((span) => [span.data.responseId, span]));
  return (call) => {
    const span = call.data.responseId === null ? undefined : byResponse.get(call.data.responseId);
    if (!span) return call;
    const data = {
      ...call.data,
      timeToFirstTokenMs: call.data.timeToFirstTokenMs ?? span.data.timeToFirstTokenMs,
      finishReason: call.data.finishReason ?? span.data.finishReason,
      extra: { ...hintsOf(span), ...call.data.extra },
    };
    return { ...call, traceId: call.traceId ?? span.traceId, spanId: call.spanId, data };
  };
}
