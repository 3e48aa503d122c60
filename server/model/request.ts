import type { Convention } from './observation.ts';
import type { Usage } from './usage.ts';
import type { ErrorInfo } from './error.ts';

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
