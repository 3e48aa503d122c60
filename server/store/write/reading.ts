import type { Derive, Observation } from '../records.ts';

/**
 * Names what is read together: a CLI's session, a trace, or the record alone. Pure.
 * @param traceSession the session that the observation's trace belongs to, where one is known
 */
export type ScopeOf = (observation: Observation, traceSession: string | null) => string;

/** How observations become requests and executions; ingest brings it, the store applies it. */
export interface Reading {
  derive: Derive;
  scopeOf: ScopeOf;
}
