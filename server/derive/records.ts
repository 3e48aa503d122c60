import type { ErrorInfo } from '../model/error.ts';
import type { ExecutionRecord, ExecutionStatus, StepRecord } from '../model/execution.ts';
import type { Observation } from '../model/observation.ts';
import type { RequestRecord } from '../model/request.ts';
import { hintsOf } from '../model/hints.ts';
import { countLinks, type Link } from './links.ts';
import { byStart, endOf, first, latest } from './order.ts';

/** Nothing for this long: a run that has not ended is abandoned. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/** Steps that are listed; all of them are counted. */
const STEPS_LIMIT = 500;

/** How a run stands by what was told of it. */
export interface Outcome {
  status: 'open' | 'completed' | 'failed';
  endedAt: number | null;
  error: ErrorInfo | null;
}

/** One run, before it is written down. */
export interface Run {
  key: string;
  /** Keys under which the same run was known while less of it had arrived. */
  aliases: string[];
  /** What tells of the run as a whole: its agent's span, or the prompt; `null` before it came. */
  root: Observation | null;
  /** All that belongs to it, the root as well. */
  members: Observation[];
  /** Those of the members that are model calls. */
  calls: readonly Observation[];
  steps: StepRecord[];
  links: readonly Link[];
  outcome: Outcome;
}

export function isStale(lastEventAt: number, now: number): boolean {
  return now - lastEventAt > ABANDONED_AFTER_MS;
}

export function executionOf(run: Run, now: number): ExecutionRecord {
  const { root, outcome } = run;
  const members = run.members.toSorted(byStart);
  const told = [...(root ? [root] : []), ...members];
  const known = <T>(read: (o: Observation) => T | null) => first(told.map(read));
  const earliest = members[0] ?? root;
  const lastEventAt = latest(told.map(endOf));
  const status = statusOf(outcome, lastEventAt, now);
  const steps = run.steps.toSorted((a, b) => a.startedAt - b.startedAt);
  const agent = known((o) => o.data.agent) ?? known(workflowOf);
  const asked = told.find(({ data }) => data.task !== null || data.taskLength !== null);
  return {
    key: run.key,
    aliases: [...new Set(run.aliases)].filter((alias) => alias !== run.key).toSorted(),
    traceId: known((o) => o.traceId),
    status,
    domain: (root ?? earliest)?.domain ?? 'unknown',
    user: known((o) => o.data.user),
    agent,
    model: modelOf(run.calls) ?? root?.data.model ?? null,
    conversation: known((o) => o.data.conversation),
    startedAt: root?.startedAt ?? earliest?.startedAt ?? lastEventAt,
    endedAt: outcome.endedAt,
    lastEventAt,
    stepsDone: steps.filter((step) => step.status !== 'running').length,
    stepsTotal: stepsTotal(told, steps.length, outcome),
    error: outcome.error,
    task: asked?.data.task ?? null,
    taskLength: asked?.data.taskLength ?? null,
    steps: steps.slice(0, STEPS_LIMIT),
    stepsTruncated: steps.length > STEPS_LIMIT,
    links: countLinks(run.links, agent),
  };
}

/** That of its first call which answers: an embedding before it says little. */
function modelOf(calls: readonly Observation[]): string | null {
  const sorted = calls.toSorted(byStart);
  const answering = sorted.filter(({ data }) => data.usage?.output != null);
  return first([...answering, ...sorted].map(({ data }) => data.model));
}

function statusOf(outcome: Outcome, lastEventAt: number, now: number): ExecutionStatus {
  if (outcome.status !== 'open') return outcome.status;
  return isStale(lastEventAt, now) ? 'abandoned' : 'running';
}

/** What the client announced, else known at the end. */
function stepsTotal(told: Observation[], seen: number, outcome: Outcome): number | null {
  const announced = told.reduce<number | null>(
    (most, { data }) => (data.stepsTotal === null ? most : Math.max(most ?? 0, data.stepsTotal)),
    null,
  );
  if (announced !== null) return Math.max(announced, seen);
  return outcome.status === 'open' ? null : seen;
}

export function stepOf(observation: Observation): StepRecord {
  const { data, signal, startedAt, endedAt } = observation;
  return {
    // A span's name is chosen to be read; an event's is not.
    name: data.tool ?? (signal === 'log' ? data.model : null) ?? data.name,
    kind: stepKind(observation),
    status: data.error !== null ? 'failed' : endedAt === null ? 'running' : 'completed',
    startedAt,
    endedAt,
    model: data.model,
    tool: data.tool,
    error: data.error,
  };
}

function stepKind(observation: Observation): StepRecord['kind'] {
  switch (observation.kind) {
    case 'request':
    case 'usage-parent':
    case 'error':
      return 'request';
    case 'tool':
      return 'tool';
    case 'agent':
      return hintsOf(observation).chain === true ? 'step' : 'agent';
    default:
      return 'step';
  }
}

/** What tells of a call that does not tell it itself: its run, the agents in it, message logs. */
export interface Surroundings {
  execution: ExecutionRecord | null;
  agent: string | null;
  user: string | null;
  conversation: string | null;
  team: string | null;
  input: string[];
  output: string[];
  finishReason: string | null;
}

export function requestOf(call: Observation, around: Partial<Surroundings> = {}): RequestRecord {
  const { data } = call;
  const execution = around.execution ?? null;
  const input = data.inputMessages.length > 0 ? data.inputMessages : (around.input ?? []);
  const output = data.outputMessages.length > 0 ? data.outputMessages : (around.output ?? []);
  return {
    key: call.key,
    traceId: call.traceId ?? execution?.traceId ?? null,
    spanId: call.spanId,
    startedAt: call.startedAt,
    latencyMs: data.latencyMs,
    timeToFirstTokenMs: data.timeToFirstTokenMs,
    domain: call.domain,
    user: data.user ?? around.user ?? execution?.user ?? null,
    conversation: data.conversation ?? around.conversation ?? execution?.conversation ?? null,
    execution: execution?.key ?? null,
    family: call.family,
    agent: data.agent ?? around.agent ?? execution?.agent ?? workflowOf(call),
    team: data.team ?? around.team ?? hintsOf(call).keyTeam ?? null,
    provider: data.provider,
    model: data.model ?? execution?.model ?? 'unknown',
    usage: data.usage,
    costUsd: null,
    priceVersion: null,
    responseId: data.responseId,
    finishReason: data.finishReason ?? around.finishReason ?? null,
    error: data.error,
    inputMessages: input,
    outputMessages: output,
  };
}

function workflowOf(observation: Observation): string | null {
  return hintsOf(observation).workflow ?? null;
}
