/**
 * An observation is one span or one log record that matters, brought into one shape. Requests and
 * executions are never written directly: the store keeps observations and derives the rest of
 * their scope from all of them, so that any order of arrival, and any repetition, ends alike.
 */
import type { Usage } from './usage.ts';
import type { ErrorInfo } from './error.ts';
import type { Message } from './message.ts';

/** Which family of clients sent an observation; decides how its scope is read. */
export type Convention =
  'genai' | 'vercel' | 'openinference' | 'openllmetry' | 'codex' | 'gemini' | 'claude-code';

/**
 * What an observation is evidence of.
 *
 * - `request`: a leaf model call. `usage-parent`: a span that repeats its children's usage and
 *   counts as a request only where no leaf ever arrives.
 * - `agent`: a span that may be the root of an execution, or a nested agent.
 * - `step`, `tool`: live only inside a run.
 * - `prompt`, `event`: CLI log records (a prompt begins an execution; an event changes its state).
 * - `content`: messages for another span (GenAI message logs).
 * - `error`: a failed call that no leaf tells of.
 * - `link`: a span of which only the parent matters: what lies around and within it is tied by it.
 */
export type ObservationKind =
  | 'request'
  | 'usage-parent'
  | 'agent'
  | 'step'
  | 'tool'
  | 'prompt'
  | 'event'
  | 'content'
  | 'error'
  | 'link';

/** Everything of an observation that the derivation may need; each family fills what it knows. */
export interface ObservationData {
  name: string;
  scopeName: string | null;
  /** A CLI's event, such as `codex.sse_event`, or the GenAI `gen_ai.operation.name`. */
  event: string | null;
  parentSpanId: string | null;
  user: string | null;
  /** The client's own conversation id; `null`: the trace stands for it. */
  conversation: string | null;
  /** The CLI turn or prompt id that names the execution; `null` where spans tell. */
  turn: string | null;
  agent: string | null;
  provider: string | null;
  model: string | null;
  tool: string | null;
  /** `gen_ai.response.id`, `request_id`, ...: joins a log and a span that tell one call. */
  responseId: string | null;
  usage: Usage | null;
  finishReason: string | null;
  latencyMs: number | null;
  timeToFirstTokenMs: number | null;
  error: ErrorInfo | null;
  /** Where in the program it happened, at most 64,000 characters; as private as what was said. */
  stack: string | null;
  stepsTotal: number | null;
  team: string | null;
  /** What was asked, for an execution's task; at most 4,000 characters. */
  task: string | null;
  taskLength: number | null;
  /** Hashes of messages, in order; the bodies are in `Batch.messages`. */
  inputMessages: string[];
  outputMessages: string[];
  /** Set where the client's clock was off and the time of receipt was used. */
  clockSkewed: boolean;
  /** Anything else that a family's derivation needs (small scalars only). */
  extra: Record<string, string | number | boolean | null>;
}

/** What is known of an observation before anything is told. */
export const NOTHING: ObservationData = {
  name: '',
  scopeName: null,
  event: null,
  parentSpanId: null,
  user: null,
  conversation: null,
  turn: null,
  agent: null,
  provider: null,
  model: null,
  tool: null,
  responseId: null,
  usage: null,
  finishReason: null,
  latencyMs: null,
  timeToFirstTokenMs: null,
  error: null,
  stack: null,
  stepsTotal: null,
  team: null,
  task: null,
  taskLength: null,
  inputMessages: [],
  outputMessages: [],
  clockSkewed: false,
  extra: {},
};

export interface Observation {
  /** Unique in the workspace: `span:<trace>:<span>`, or `log:<hash>` of what identifies it. */
  key: string;
  kind: ObservationKind;
  family: Convention;
  signal: 'span' | 'log';
  /** 32 hex digits, or `null` for a log outside a trace. */
  traceId: string | null;
  /** 16 hex digits, or `null`. */
  spanId: string | null;
  /** `codex:<conversation>` and so on, where a CLI session joins several traces and logs. */
  session: string | null;
  domain: string;
  /** Epoch milliseconds. */
  startedAt: number;
  endedAt: number | null;
  data: ObservationData;
}

/** One decoded, normalised OTLP request: what is to be committed before it is acknowledged. */
export interface Batch {
  observations: Observation[];
  /** By their hashes. Those are kept that an observation names which is written. */
  messages: Map<string, Message>;
}
