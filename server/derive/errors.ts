import type { ErrorInfo, ErrorRecord } from '../model/error.ts';
import type { ExecutionRecord } from '../model/execution.ts';
import type { Observation } from '../model/observation.ts';
import { UNTYPED } from '../model/hints.ts';
import type { Node } from './span-tree.ts';
import { endOf, first } from './order.ts';
import { patternOf } from './pattern.ts';
import { severityOf } from './severity.ts';

/** What an error is told with beside the observation that tells it. */
interface Surroundings {
  source: ErrorRecord['source'];
  execution: ExecutionRecord | null;
  recovered: boolean;
  /** From what repeats it, where the observation itself has none. */
  stack?: string | null;
}

export function errorRecord(
  observation: Observation,
  { source, execution, recovered, stack = null }: Surroundings,
): ErrorRecord | null {
  const { data, family, domain, traceId, spanId, key } = observation;
  if (data.error === null) return null;
  const { type, message } = data.error;
  const fatal = execution?.status === 'failed' && repeats(execution.error, data.error);
  return {
    key,
    at: endOf(observation),
    severity: severityOf({ type, message, event: data.event, recovered, fatal }),
    source,
    type,
    message,
    pattern: patternOf(message),
    stack: data.stack ?? stack,
    family,
    domain,
    user: data.user ?? execution?.user ?? null,
    agent: data.agent ?? execution?.agent ?? null,
    provider: data.provider,
    model: data.model ?? (source === 'request' ? (execution?.model ?? null) : null),
    tool: data.tool,
    conversation: data.conversation ?? execution?.conversation ?? null,
    execution: execution?.key ?? null,
    traceId,
    spanId,
  };
}

/**
 * Whether what lies around says what an error within it said: by its type or its message. Without
 * a type of its own it may have either for a message, or none.
 */
function repeats(outer: ErrorInfo | null, inner: ErrorInfo | null): boolean {
  if (!outer || !inner) return false;
  if (outer.message !== null && outer.message === inner.message) return true;
  if (outer.type !== UNTYPED) return outer.type === inner.type || outer.type === inner.message;
  return outer.message === inner.type || (outer.message ?? inner.message) === null;
}

const SOURCES: Partial<Record<Observation['kind'], ErrorRecord['source']>> = {
  request: 'request',
  'usage-parent': 'request',
  error: 'request',
  tool: 'tool',
  agent: 'execution',
  step: 'step',
  link: 'span',
};

/**
 * The errors of a trace. A span that fails because one within it did says the same once more: the
 * innermost tells it, with the stack of whichever has one.
 * @param calls the model calls, each once
 * @param executionOf the run that a span is in
 */
export function errorsInTrace(
  observations: readonly Observation[],
  nodes: readonly Node[],
  calls: ReadonlyMap<Node, Observation>,
  executionOf: (node: Node) => ExecutionRecord | null,
): ErrorRecord[] {
  const spans = observations.filter(({ signal }) => signal === 'span');
  if (spans.every(({ data }) => data.error === null)) return [];
  const bySpan = new Map(spans.map((span) => [span.spanId, span]));
  const nodeOf = new Map(nodes.map((node) => [node.observation, node]));
  const parentOf = (span: Observation): Observation | null =>
    bySpan.get(span.data.parentSpanId) ?? nodeOf.get(span)?.parent?.observation ?? null;
  /** A second account of a call is none of its own, and what repeats its parts' usage neither. */
  const isTold = (span: Observation): boolean => {
    const node = nodeOf.get(span);
    if (!node) return span.kind === 'link';
    return (span.kind !== 'request' && span.kind !== 'error') || calls.has(node);
  };

  const repeated = new Set<Observation>();
  for (const span of spans) {
    if (span.data.error === null) continue;
    const seen = new Set([span]);
    for (let at = parentOf(span); at !== null && !seen.has(at); at = parentOf(at)) {
      seen.add(at);
      if (repeats(at.data.error, span.data.error)) repeated.add(at);
    }
  }
  /** Stacks of what repeats a span, the nearest first. */
  const stackAround = (span: Observation): string | null => {
    const seen = new Set([span]);
    for (let at = parentOf(span); at !== null && !seen.has(at); at = parentOf(at)) {
      seen.add(at);
      if (at.data.stack && repeats(at.data.error, span.data.error)) return at.data.stack;
    }
    return null;
  };
  const runOf = (span: Observation): ExecutionRecord | null => {
    const seen = new Set<Observation>();
    for (let at: Observation | null = span; at !== null && !seen.has(at); at = parentOf(at)) {
      seen.add(at);
      const node = nodeOf.get(at);
      const execution = node ? executionOf(node) : null;
      if (execution) return execution;
    }
    return null;
  };

  return spans.flatMap((span) => {
    if (span.data.error === null || repeated.has(span) || !isTold(span)) return [];
    const node = nodeOf.get(span);
    const whole = (node && calls.get(node)) ?? span;
    const told = whole.data.error === null ? span : whole;
    const execution = runOf(span);
    const record = errorRecord(told, {
      source: SOURCES[span.kind] ?? 'step',
      execution,
      recovered: execution?.status === 'completed',
      stack: span.data.stack ?? stackAround(span),
    });
    return record ?? [];
  });
}

/** One record of each key, by key: a failed attempt may be told as a call and as an event. */
export function eachOnce(records: readonly (ErrorRecord | null)[]): ErrorRecord[] {
  const byKey = new Map<string, ErrorRecord>();
  for (const record of records) {
    if (record && !byKey.has(record.key)) byKey.set(record.key, record);
  }
  return [...byKey.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** Whether a call of the same turn answered after an error. */
export const answeredAfter = (calls: readonly Observation[], at: number): boolean =>
  first(calls.map((call) => (call.data.error === null && endOf(call) > at ? call : null))) !== null;
