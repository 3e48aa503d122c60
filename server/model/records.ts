/**
 * What the ingest side hands to the store, and what the store keeps.
 *
 * An observation is one span or one log record that matters, brought into one shape. Requests and
 * executions are never written directly: the store keeps observations and derives the rest of
 * their scope from all of them, so that any order of arrival, and any repetition, ends alike.
 */

/** Which family of clients sent an observation; decides how its scope is read. */
export type Convention =
  'genai' | 'vercel' | 'openinference' | 'openllmetry' | 'codex' | 'gemini' | 'claude-code';

/** Tokens of one call; `null` is unknown. Input is the sum of its three disjoint parts. */
export interface Usage {
  uncachedInput: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  /** Includes `reasoning`. */
  output: number | null;
  reasoning: number | null;
}

export interface ErrorInfo {
  type: string;
  message: string | null;
}

/** A message as it was sent or received. `parts` is `null` where the client redacted it. */
export interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool';
  parts: MessagePart[] | null;
  /** Length of the text in characters, known even where it is redacted; `null` unknown. */
  length: number | null;
}

export type MessagePart =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool_call'; id: string | null; name: string; arguments: unknown }
  | { type: 'tool_result'; id: string | null; name: string | null; result: unknown }
  | { type: 'other'; kind: string };

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

/** One model call, as derived. Money is a decimal string in USD. */
export interface RequestRecord {
  /** The key of the observation that tells it; stable over re-derivation. */
  key: string;
  traceId: string | null;
  spanId: string | null;
  startedAt: number;
  latencyMs: number | null;
  timeToFirstTokenMs: number | null;
  domain: string;
  user: string | null;
  /** The client's own id; `null` where it sent none: the trace and the messages tie it then. */
  conversation: string | null;
  /** The `ExecutionRecord.key` it belongs to, or `null`. */
  execution: string | null;
  family: Convention;
  agent: string | null;
  team: string | null;
  provider: string | null;
  /** `unknown` where the client did not say. */
  model: string;
  /** `null`: the client told no usage at all. */
  usage: Usage | null;
  costUsd: string | null;
  /** Version of the price list the cost was frozen with; `null` where unpriced. */
  priceVersion: string | null;
  responseId: string | null;
  finishReason: string | null;
  error: ErrorInfo | null;
  inputMessages: string[];
  outputMessages: string[];
}

export interface StepRecord {
  name: string;
  kind: 'step' | 'request' | 'tool' | 'agent';
  status: ExecutionStatus;
  startedAt: number;
  endedAt: number | null;
  model: string | null;
  tool: string | null;
  error: ErrorInfo | null;
}

/** What an agent of a run called, and how often: a tool, or another agent within the same run. */
export interface LinkRecord {
  kind: 'tool' | 'agent';
  /** The agent that called; `null` where it has no name. */
  source: string | null;
  target: string;
  calls: number;
  /** Those of the calls that failed. */
  errors: number;
}

export type ExecutionStatus = 'running' | 'completed' | 'failed' | 'abandoned';

/** One run of an agent, as derived. */
export interface ExecutionRecord {
  /** Stable while the same run is meant: the root's key, the turn's id, or `run:<trace>`. */
  key: string;
  /** Keys under which the same run was derived while less of it had arrived. */
  aliases: string[];
  traceId: string | null;
  status: ExecutionStatus;
  domain: string;
  user: string | null;
  agent: string | null;
  model: string | null;
  conversation: string | null;
  startedAt: number;
  endedAt: number | null;
  lastEventAt: number;
  stepsDone: number;
  stepsTotal: number | null;
  error: ErrorInfo | null;
  task: string | null;
  taskLength: number | null;
  /** At most 500, oldest first. */
  steps: StepRecord[];
  stepsTruncated: boolean;
  links: LinkRecord[];
}

/** Where a CLI session stands. It begins `IDLE`; each turn goes on from `CONTEXT`. */
export type CliState =
  'IDLE' | 'AUTH' | 'CONTEXT' | 'API' | 'TOOL' | 'ERROR_RECOVERY' | 'ABORTED' | 'DONE';

export interface TransitionRecord {
  /** Epoch ms. */
  at: number;
  from: CliState;
  to: CliState;
  /** The event that tells of it, such as `claude_code.user_prompt`; `null`: time, or what followed. */
  event: string | null;
}

/** One session of a coding agent's command line, as derived. */
export interface SessionRecord {
  /** `claude-code:<id>` and so on, unique in the workspace. */
  key: string;
  family: Convention;
  domain: string;
  user: string | null;
  /** The client's own version; `null` where it tells none. */
  version: string | null;
  state: CliState;
  startedAt: number;
  lastEventAt: number;
  turns: number;
  requests: number;
  /** All of them, oldest first. */
  transitions: TransitionRecord[];
  /** When silence alone will make it `DONE`; `null`: it won't. */
  dueAt: number | null;
}

export type Severity = 'warning' | 'error' | 'critical';

/** One thing that went wrong, told once however many spans repeat it, as derived. */
export interface ErrorRecord {
  /** The key of the observation that tells it. */
  key: string;
  /** Epoch ms. */
  at: number;
  severity: Severity;
  /** What failed: `session` is a CLI's own word, `span` a part of the application around agents. */
  source: 'request' | 'tool' | 'step' | 'execution' | 'session' | 'span';
  type: string;
  message: string | null;
  /** The message without what differs from one time to the next: what groups go by. */
  pattern: string | null;
  stack: string | null;
  family: Convention;
  domain: string;
  user: string | null;
  agent: string | null;
  provider: string | null;
  model: string | null;
  tool: string | null;
  conversation: string | null;
  /** The `ExecutionRecord.key` it belongs to, or `null`. */
  execution: string | null;
  traceId: string | null;
  spanId: string | null;
}

export interface Derived {
  requests: RequestRecord[];
  executions: ExecutionRecord[];
  sessions: SessionRecord[];
  errors: ErrorRecord[];
}

/**
 * Reads all observations of one scope (a trace, or a CLI session with its traces) and tells the
 * requests and executions in it, its sessions and its errors. Pure: the order of `observations`
 * does not matter.
 * @param now epoch ms; an unfinished run whose last event is over 10 minutes old is `abandoned`
 */
export type Derive = (observations: readonly Observation[], now: number) => Derived;
