import type { ErrorInfo } from './error.ts';

export type ExecutionStatus = 'running' | 'completed' | 'failed' | 'abandoned';

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
