import type { Usage } from '../../model/usage.ts';
import type { Attributes } from '../wire/model.ts';
import { count, type Note } from './attributes.ts';

/** What a client tells of one call, in its own convention. */
export interface ToldUsage {
  input: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  output: number | null;
  reasoning: number | null;
}

/** Where each count is found: the first attribute that is there. */
export type UsageKeys = Record<keyof ToldUsage, readonly string[]>;

export function readUsage(attributes: Attributes, keys: UsageKeys, note: Note): ToldUsage {
  const read = (name: keyof ToldUsage) => count(attributes, note, ...keys[name]);
  return {
    input: read('input'),
    cacheRead: read('cacheRead'),
    cacheWrite: read('cacheWrite'),
    output: read('output'),
    reasoning: read('reasoning'),
  };
}

/**
 * Brings the three conventions for tokens into one. Conventions disagree on whether `input` holds
 * what the cache gave and took, and whether `output` holds the reasoning; where the numbers can't
 * be meant one way they are read the other.
 * @param cacheApart what the client is known to mean: `input` is without the cache
 * @param reasoningApart `output` is without the reasoning
 * @returns `null` where the client told nothing
 */
export function disjointUsage(
  { input, cacheRead, cacheWrite, output, reasoning }: ToldUsage,
  { cacheApart = false, reasoningApart = false } = {},
): Usage | null {
  if ([input, cacheRead, cacheWrite, output, reasoning].every((told) => told === null)) return null;
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  const withoutCache = input === null || cacheApart || input < cached ? input : input - cached;
  const withReasoning =
    output !== null && reasoning !== null && (reasoningApart || output < reasoning)
      ? output + reasoning
      : output;
  return { uncachedInput: withoutCache, cacheRead, cacheWrite, output: withReasoning, reasoning };
}
