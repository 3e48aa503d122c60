import type { Convention } from './observation.ts';

export interface ErrorInfo {
  type: string;
  message: string | null;
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
