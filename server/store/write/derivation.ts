import type { PriceOverride } from '../../model/price-override.ts';
import type { Derive } from '../../model/derived.ts';
import type { Observation } from '../../model/observation.ts';
import type { RequestRecord } from '../../model/request.ts';

/**
 * Names what is read together: a CLI's session, a trace, or the record alone. Pure.
 * @param traceSession the session that the observation's trace belongs to, where one is known
 */
export type ScopeOf = (observation: Observation, traceSession: string | null) => string;

/** What a request cost, as a decimal string, and by which price list; `null`: nobody knows. */
export type Price = Pick<RequestRecord, 'costUsd' | 'priceVersion'>;

/**
 * Prices a request, once: what it cost is kept with it.
 * @param overrides the workspace's own prices, the first that fits before all others
 */
export type PriceOf = (request: RequestRecord, overrides: readonly PriceOverride[]) => Price;

/** How observations become requests and executions. */
export interface Derivation {
  derive: Derive;
  scopeOf: ScopeOf;
  priceOf: PriceOf;
}
