/**
 * A small way to read observations, for tests of the store alone: what the ingest side brings is
 * larger, but keeps to the same rules (pure, indifferent to order, one row per thing told).
 */
import {
  NOTHING,
  type Observation,
  type ObservationData,
} from '../../../server/model/observation.ts';
import {
  type CliState,
  type SessionRecord,
  type TransitionRecord,
} from '../../../server/model/session.ts';
import { type Derived } from '../../../server/model/derived.ts';
import { type ErrorInfo, type ErrorRecord } from '../../../server/model/error.ts';
import { type ExecutionRecord, type LinkRecord } from '../../../server/model/execution.ts';
import { type RequestRecord } from '../../../server/model/request.ts';
import type { Price, Derivation } from '../../../server/store/write/derivation.ts';

const ABANDONED_AFTER = 10 * 60_000;

export const derivation: Derivation = {
  scopeOf: ({ session, traceId, key }, traceSession) =>
    session ?? traceSession ?? (traceId === null ? key : `trace:${traceId}`),
  derive,
  priceOf,
};

function derive(observations: readonly Observation[], now: number): Derived {
  const sorted = [...observations].sort(
    (a, b) => a.startedAt - b.startedAt || (a.key < b.key ? -1 : 1),
  );
  const root = sorted.find(({ kind, data }) => kind === 'agent' && data.parentSpanId === null);
  const inRun = sorted.some(({ kind }) => kind === 'agent' || kind === 'step' || kind === 'tool');
  const leaves = sorted.filter(({ kind }) => kind === 'request');
  const tellers = leaves.length > 0 ? leaves : sorted.filter(({ kind }) => kind === 'usage-parent');
  const key = root?.key ?? `run:${sorted[0]?.traceId ?? sorted[0]?.session ?? ''}`;
  return {
    requests: tellers.map((teller) => requestOf(teller, inRun ? key : null)),
    executions: inRun ? [executionOf(key, root ?? null, sorted, now)] : [],
    sessions: sorted
      .flatMap(({ session }) => session ?? [])
      .slice(0, 1)
      .map((session) => sessionOf(session, sorted)),
    errors: sorted.filter(({ data }) => data.error !== null).map(errorOf),
  };
}

/** A thousandth of a cent per token, except for models whose price nobody knows. */
function priceOf({ usage, model }: RequestRecord): Price {
  if (usage === null || model === 'mystery') return { costUsd: null, priceVersion: null };
  const tokens = (usage.uncachedInput ?? 0) + (usage.output ?? 0);
  return { costUsd: `0.${String(tokens).padStart(5, '0')}`, priceVersion: 'test' };
}

function requestOf(teller: Observation, execution: string | null): RequestRecord {
  const { data } = teller;
  return {
    key: teller.key,
    traceId: teller.traceId,
    spanId: teller.spanId,
    startedAt: teller.startedAt,
    latencyMs: data.latencyMs,
    timeToFirstTokenMs: data.timeToFirstTokenMs,
    domain: teller.domain,
    user: data.user,
    conversation: data.conversation,
    execution,
    family: teller.family,
    agent: data.agent,
    team: data.team,
    provider: data.provider,
    model: data.model ?? 'unknown',
    usage: data.usage,
    costUsd: null,
    priceVersion: null,
    responseId: data.responseId,
    finishReason: data.finishReason,
    error: data.error,
    inputMessages: data.inputMessages,
    outputMessages: data.outputMessages,
  };
}

function executionOf(
  key: string,
  root: Observation | null,
  sorted: readonly Observation[],
  now: number,
): ExecutionRecord {
  const lastEventAt = Math.max(...sorted.map((o) => o.endedAt ?? o.startedAt));
  const ended = root !== null && root.endedAt !== null;
  const open = now - lastEventAt > ABANDONED_AFTER ? 'abandoned' : 'running';
  const told = root ?? sorted.find(({ kind }) => kind !== 'request') ?? sorted[0];
  if (!told) throw new Error('A scope without observations has no execution');
  const steps = sorted.filter(({ kind }) => kind === 'step' || kind === 'tool');
  return {
    key,
    aliases: root ? [`run:${root.traceId ?? root.session ?? ''}`] : [],
    traceId: told.traceId,
    status: ended ? (root.data.error ? 'failed' : 'completed') : open,
    domain: told.domain,
    user: told.data.user,
    agent: told.data.agent,
    model: sorted.findLast(({ kind }) => kind === 'request')?.data.model ?? null,
    conversation: told.data.conversation,
    startedAt: Math.min(...sorted.map(({ startedAt }) => startedAt)),
    endedAt: ended ? root.endedAt : null,
    lastEventAt,
    stepsDone: steps.filter(({ endedAt }) => endedAt !== null).length,
    stepsTotal: ended ? steps.length : null,
    error: root?.data.error ?? null,
    task: root?.data.task ?? null,
    taskLength: root?.data.taskLength ?? null,
    steps: steps.map((step) => ({
      name: step.data.name,
      kind: step.kind === 'tool' ? 'tool' : 'step',
      status: step.endedAt === null ? 'running' : step.data.error ? 'failed' : 'completed',
      startedAt: step.startedAt,
      endedAt: step.endedAt,
      model: step.data.model,
      tool: step.data.tool,
      error: step.data.error,
    })),
    stepsTruncated: false,
    links: linksOf(sorted, told.data.agent),
  };
}

/** Tools, and agents below the root, are what the root's agent called. */
function linksOf(sorted: readonly Observation[], source: string | null): LinkRecord[] {
  const links = new Map<string, LinkRecord>();
  for (const { kind, data } of sorted) {
    const isNested = kind === 'agent' && data.parentSpanId !== null;
    if (kind !== 'tool' && !isNested) continue;
    const target = (kind === 'tool' ? data.tool : data.agent) ?? 'unknown';
    const key = `${kind} ${target}`;
    const link = links.get(key) ?? { kind, source, target, calls: 0, errors: 0 };
    link.calls++;
    if (data.error) link.errors++;
    links.set(key, link);
  }
  return [...links.values()].sort((a, b) => (a.kind + a.target < b.kind + b.target ? -1 : 1));
}

/** A call leads to `API`, a tool to `TOOL`, all else to `CONTEXT`. */
function sessionOf(key: string, sorted: readonly Observation[]): SessionRecord {
  const transitions: TransitionRecord[] = [];
  let state: CliState = 'IDLE';
  for (const { kind, startedAt: at } of sorted) {
    const to = kind === 'request' ? 'API' : kind === 'tool' ? 'TOOL' : 'CONTEXT';
    if (to === state) continue;
    transitions.push({ at, from: state, to, event: kind });
    state = to;
  }
  const [first] = sorted;
  if (!first) throw new Error('A session has observations');
  const lastEventAt = Math.max(...sorted.map((o) => o.endedAt ?? o.startedAt));
  return {
    key,
    family: first.family,
    domain: first.domain,
    user: first.data.user,
    version: null,
    state,
    startedAt: first.startedAt,
    lastEventAt,
    turns: 1,
    requests: sorted.filter(({ kind }) => kind === 'request').length,
    transitions,
    dueAt: null,
  };
}

function errorOf(told: Observation): ErrorRecord {
  const { data } = told;
  const { type, message } = data.error ?? failure;
  return {
    key: told.key,
    at: told.endedAt ?? told.startedAt,
    severity: told.kind === 'tool' ? 'warning' : told.kind === 'agent' ? 'critical' : 'error',
    source: 'step',
    type,
    message,
    pattern: data.model === null ? message : `${message ?? ''} of ${data.model}`,
    stack: data.stack,
    family: told.family,
    domain: told.domain,
    user: data.user,
    agent: data.agent,
    provider: data.provider,
    model: data.model,
    tool: data.tool,
    conversation: data.conversation,
    execution: null,
    traceId: told.traceId,
    spanId: told.spanId,
  };
}

/** An observation with everything left out that the test does not care about. */
export function observation(
  given: Partial<Omit<Observation, 'data'>> & { data?: Partial<ObservationData> },
): Observation {
  const { data, ...rest } = given;
  const traceId = given.traceId === undefined ? 'a'.repeat(32) : given.traceId;
  const spanId = given.spanId === undefined ? '1'.repeat(16) : given.spanId;
  return {
    key: given.key ?? `span:${traceId ?? ''}:${spanId ?? ''}`,
    kind: 'request',
    family: 'genai',
    signal: 'span',
    session: null,
    domain: 'app.example.com',
    startedAt: 0,
    endedAt: null,
    ...rest,
    traceId,
    spanId,
    data: { ...NOTHING, name: 'chat', ...data },
  };
}

export const failure: ErrorInfo = { type: 'rate_limit', message: 'Too many requests' };

export function usage(uncachedInput: number, output: number): ObservationData['usage'] {
  return { uncachedInput, cacheRead: 0, cacheWrite: 0, output, reasoning: 0 };
}
