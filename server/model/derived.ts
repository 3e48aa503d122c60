import type { Observation } from './observation.ts';
import type { ErrorRecord } from './error.ts';
import type { RequestRecord } from './request.ts';
import type { ExecutionRecord } from './execution.ts';
import type { SessionRecord } from './session.ts';

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
