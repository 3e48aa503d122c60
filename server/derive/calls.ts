import { isDeepStrictEqual } from 'node:util';
import type { ErrorInfo } from '../model/error.ts';
import type { Observation, ObservationData } from '../model/observation.ts';
import { hintsOf } from '../model/hints.ts';
import { isSameModel } from './duplicate-spans.ts';
import { byEnd, endOf } from './order.ts';

/**
 * The model calls that the logs of a CLI session tell, each once: one observation with all that
 * several of them say of it.
 */
export function callsInLogs(logs: readonly Observation[]): Observation[] {
  const sorted = logs.toSorted(byEnd);
  switch (sorted[0]?.family) {
    case 'codex':
      return codexCalls(sorted);
    case 'gemini':
      return geminiCalls(sorted);
    default:
      return claudeCalls(sorted);
  }
}

/**
 * Codex tells a call as its HTTP request (again for every attempt), a stream that completes or
 * breaks, and last the counts. A failure is one only where no completion follows it.
 */
function codexCalls(logs: readonly Observation[]): Observation[] {
  const calls: Observation[] = [];
  let begun: Observation | null = null;
  let uncounted: Observation | null = null;
  let failures: Observation[] = [];
  let asksTools = false;
  const complete = (told: Observation) => {
    const startedAt = begun?.startedAt ?? told.startedAt;
    const latencyMs = begun === null ? told.data.latencyMs : endOf(told) - startedAt;
    calls.push(merged({ ...told, startedAt }, { latencyMs }, { asksTools }));
    begun = null;
    uncounted = null;
    failures = [];
    asksTools = false;
  };
  const settle = () => {
    if (uncounted !== null) complete(uncounted);
    const [earliest] = failures;
    const latest = failures.at(-1);
    if (earliest && latest) calls.push(failedCall(earliest, latest));
    failures = [];
    begun = null;
  };
  for (const log of logs) {
    const { secondary, asksTools: asks } = hintsOf(log);
    if (log.kind === 'prompt') settle();
    else if (log.kind === 'error') failures.push(log);
    else if (log.kind === 'request' && secondary !== true) complete(log);
    else if (log.kind === 'request') {
      if (uncounted !== null) complete(uncounted);
      uncounted = log;
    } else if (asks === true) asksTools = true;
    else if (isHttpRequest(log)) {
      if (uncounted !== null) complete(uncounted);
      if (log.data.error !== null) failures.push(log);
      else begun = log;
    }
  }
  settle();
  return calls;
}

/** The calls of a turn that spans tell: what failed last was one call, unless one answered after. */
export function callsInSpans(spans: readonly Observation[]): Observation[] {
  const sorted = spans.toSorted(byEnd);
  const calls = sorted.filter(({ kind }) => kind !== 'error');
  const answer = calls.at(-1);
  const failures = sorted.filter(
    (span) => span.kind === 'error' && (!answer || byEnd(answer, span) < 0),
  );
  const [earliest] = failures;
  const latest = failures.at(-1);
  return earliest && latest ? [...calls, failedCall(earliest, latest)] : calls;
}

function isHttpRequest({ data: { event } }: Observation): boolean {
  return event === 'codex.api_request' || event === 'codex.websocket_request';
}

/** Known by its first failure, so that a further attempt does not make it another one. */
function failedCall(earliest: Observation, latest: Observation): Observation {
  const endedAt = endOf(latest);
  const latencyMs = endedAt - earliest.startedAt;
  const call: Observation = { ...earliest, kind: 'error', endedAt };
  return merged(call, { latencyMs, error: latest.data.error });
}

/** How far apart two accounts of one Gemini call may be. */
const GEMINI_APART_MS = 1_000;

/**
 * Gemini tells a call as a response or an error of its own and, in the same moment, as an event
 * of the conventions; the request before them brings what was asked.
 */
function geminiCalls(logs: readonly Observation[]): Observation[] {
  const isDetails = (log: Observation) => hintsOf(log).secondary === true;
  const told = logs.filter(({ kind }) => kind === 'request' || kind === 'error');
  const calls = told.filter((log) => !isDetails(log));
  const details = told.filter(isDetails);
  const twins = pair(calls, details, endOf, GEMINI_APART_MS, sameModel);
  // A busy client may stop between the two.
  const taken = new Set(twins.values());
  const missed = pair(
    calls.filter((call) => !twins.has(call)),
    details.filter((log) => !taken.has(log)),
    endOf,
    5 * GEMINI_APART_MS,
    (call, log) => sameModel(call, log) && sameCounts(call, log),
  );
  for (const [call, log] of missed) twins.set(call, log);
  const asked = pair(
    calls,
    logs.filter(({ kind }) => kind === 'content'),
    ({ startedAt }) => startedAt,
    5 * GEMINI_APART_MS,
    (call, content) => call.data.turn === content.data.turn && sameModel(call, content),
  );
  const joined = new Set(twins.values());
  const alone = details.filter((log) => !joined.has(log) && isWholeAccount(log.data));
  const whole = calls.map((call) => {
    const twin = twins.get(call)?.data;
    const before = asked.get(call)?.data.inputMessages ?? [];
    return merged(call, {
      responseId: call.data.responseId ?? twin?.responseId ?? null,
      finishReason: call.data.finishReason ?? twin?.finishReason ?? null,
      inputMessages: nonEmpty(twin?.inputMessages ?? [], before),
      outputMessages: nonEmpty(call.data.outputMessages, twin?.outputMessages ?? []),
    });
  });
  return [...whole, ...alone].toSorted(byEnd);
}

/** What was asked for is the beginning of what answered. */
function sameModel({ data: a }: Observation, { data: b }: Observation): boolean {
  return a.model === null || b.model === null || isSameModel(a.model, b.model);
}

function sameCounts({ data: a }: Observation, { data: b }: Observation): boolean {
  return a.usage !== null && b.usage !== null && isDeepStrictEqual(a.usage, b.usage);
}

/** The event after an error names a model as well, but no response. */
function isWholeAccount({ responseId, finishReason, usage }: ObservationData): boolean {
  return responseId !== null || finishReason !== null || usage !== null;
}

/** Claude Code tells a call as one event; what exhausts its retries is told beside its error. */
function claudeCalls(logs: readonly Observation[]): Observation[] {
  const requests = logs.filter(({ kind }) => kind === 'request');
  const answered = new Set(requests.map(({ data }) => data.responseId));
  const failed = logs.filter(
    ({ kind, data }) =>
      kind === 'error' && (data.responseId === null || !answered.has(data.responseId)),
  );
  const replies = logs.filter(({ kind }) => kind === 'content');
  const calls = [...requests, ...failed].toSorted(byEnd);
  const byId = new Map(requests.map((request) => [request.data.responseId, request]));
  // By the request's id, else the latest call before the reply.
  const callOf = (reply: Observation) =>
    byId.get(reply.data.responseId ?? '') ??
    requests.findLast((call) => endOf(call) <= endOf(reply));
  const repliesByCall = Map.groupBy(replies, callOf);
  return calls.map((call) => {
    const said = repliesByCall.get(call)?.flatMap(({ data }) => data.outputMessages) ?? [];
    return merged(call, { outputMessages: nonEmpty(call.data.outputMessages, said) });
  });
}

/** Others that are looked at for one: only nonsense has more of them at the same time. */
const CANDIDATES_LIMIT = 100;

/**
 * Pairs each of some observations with at most one of others, which are in order of their end; the
 * nearest pairs first.
 * @param at the moment of `some` that is near the end of its other
 */
function pair(
  some: readonly Observation[],
  others: readonly Observation[],
  at: (one: Observation) => number,
  limit: number,
  matches: (one: Observation, other: Observation) => boolean,
): Map<Observation, Observation> {
  const near = some.flatMap((one) => {
    const found = [];
    for (let i = firstFrom(others, at(one) - limit); found.length < CANDIDATES_LIMIT; i++) {
      const other = others[i];
      if (!other || endOf(other) > at(one) + limit) break;
      if (matches(one, other)) found.push({ one, other, apart: Math.abs(at(one) - endOf(other)) });
    }
    return found;
  });
  const pairs = new Map<Observation, Observation>();
  const taken = new Set<Observation>();
  for (const { one, other } of near.toSorted((a, b) => a.apart - b.apart)) {
    if (pairs.has(one) || taken.has(other)) continue;
    pairs.set(one, other);
    taken.add(other);
  }
  return pairs;
}

/** Index of the first that ends at or after a moment, by halving. */
function firstFrom(sorted: readonly Observation[], moment: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = sorted[middle];
    if (found && endOf(found) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nonEmpty(one: string[], other: string[]): string[] {
  return one.length > 0 ? one : other;
}

function merged(
  observation: Observation,
  data: Partial<ObservationData> & { error?: ErrorInfo | null },
  hints: { asksTools?: boolean } = {},
): Observation {
  const extra = { ...observation.data.extra, ...hints };
  return { ...observation, data: { ...observation.data, ...data, extra } };
}
