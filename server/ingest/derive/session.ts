import type { Derived, Observation } from '../../store/records.ts';
import { callsInLogs } from './calls.ts';
import { countedCalls, growForest, type Node } from './forest.ts';
import { hintsOf } from '../hints.ts';
import { byEnd, endOf, first } from './order.ts';
import { turnOutcome } from './outcome.ts';
import { executionOf, requestOf, type Run, stepOf } from './records.ts';
import { type Turn, Turns, turnsOf } from './turns.ts';

/**
 * The requests and executions of one CLI session. The same call is told by logs, spans and metrics:
 * logs are believed where they tell of calls at all, else spans; metrics never.
 */
export function deriveSession(observations: readonly Observation[], now: number): Derived {
  const logs = observations.filter(({ signal }) => signal === 'log');
  const nodes = [...Map.groupBy(spansOf(observations), ({ traceId }) => traceId).values()].flatMap(
    growForest,
  );
  const spanCalls = countedCalls(nodes);
  const loggedCalls = callsInLogs(logs);
  const fromLogs = loggedCalls.some(({ kind }) => kind === 'request') || spanCalls.size === 0;
  const toolLogs = logs.filter(({ kind }) => kind === 'tool');

  const turns = turnsOf(logs, nodes);
  const placed = new Turns(turns);
  const outside: Observation[] = [];
  const place = (turn: Turn | null, call: Observation) => (turn?.calls ?? outside).push(call);
  for (const call of fromLogs ? loggedCalls.map(enrichedBy(nodes)) : []) {
    place(placed.ofLog(call), call);
  }
  for (const node of fromLogs ? [] : spanCalls) place(placed.ofNode(node), node.observation);
  for (const tool of toolLogs) placed.ofLog(tool)?.tools.push(tool);
  for (const node of toolLogs.length > 0 ? [] : nodes) {
    if (node.observation.kind === 'tool') placed.ofNode(node)?.tools.push(node.observation);
  }
  for (const log of logs) {
    if (log.kind === 'event' || log.kind === 'error') placed.ofLog(log)?.events.push(log);
  }
  return written(turns, outside, observations, now);
}

function written(
  turns: readonly Turn[],
  outside: readonly Observation[],
  observations: readonly Observation[],
  now: number,
): Derived {
  const inOrder = observations.toSorted(byEnd);
  const user = first(inOrder.map(({ data }) => data.user));
  const provider = first(inOrder.map(({ data }) => data.provider));
  const completed = (call: Observation): Observation => ({
    ...call,
    data: {
      ...call.data,
      user: call.data.user ?? user,
      provider: call.data.provider ?? provider,
      conversation: call.data.conversation ?? first(inOrder.map(({ data }) => data.conversation)),
    },
  });
  const requests = outside.map((call) => requestOf(completed(call)));
  const executions = turns.map((turn, index) => {
    const run = runOf(turn, index < turns.length - 1, observations, now);
    const execution = executionOf(run, now);
    const inputs = promptsByCall(turn);
    for (const call of turn.calls) {
      requests.push(requestOf(completed(call), { execution, input: inputs.get(call) ?? [] }));
    }
    return { ...execution, user: execution.user ?? user };
  });
  return { requests, executions };
}

function spansOf(observations: readonly Observation[]): Observation[] {
  return observations.filter(({ signal }) => signal === 'span');
}

function runOf(
  turn: Turn,
  isSuperseded: boolean,
  observations: readonly Observation[],
  now: number,
): Run {
  const { prompts, span, calls, tools, events } = turn;
  const [prompt] = prompts.toSorted(byEnd);
  const traces = observations.map(({ traceId }) => traceId);
  const session = first(observations.map((o) => o.session)) ?? first(traces) ?? '';
  const spanTurn = span?.data.turn ?? null;
  const names = [
    ...(turn.id === null ? [] : [`turn:${session}:${turn.id}`]),
    ...prompts.toSorted(byEnd).map(({ key }) => key),
    ...(spanTurn === null ? [] : [`turn:${session}:${spanTurn}`]),
    ...(span ? [span.key] : []),
    ...[turn.trace, span?.traceId].flatMap((trace) => (trace == null ? [] : [`run:${trace}`])),
    `run:${session}`,
  ];
  const [key = '', ...aliases] = names;
  return {
    key,
    aliases,
    root: rootOf(prompt, span),
    members: [...prompts, ...(span ? [span] : []), ...calls, ...tools, ...events],
    calls,
    steps: [...calls, ...tools].map(stepOf),
    outcome: turnOutcome(turn, isSuperseded, now),
  };
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
