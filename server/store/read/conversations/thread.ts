/**
 * Clients send the whole conversation with each request. Read one after the other, requests tell
 * each message once: what of its input is new, and what was answered. Pure.
 */
import { readHash, repeatedAs } from '../../../model/message-hash.ts';

/** A request as its messages tell it: hashes, in their order. */
export interface Exchange {
  input: readonly string[];
  output: readonly string[];
  failed: boolean;
}

/** What a request adds to the thread. */
export interface Addition {
  /** Hashes of the messages that were not there before. */
  asked: readonly string[];
  /** What was asked was asked, and answered, before. */
  isRetry: boolean;
}

/** How many requests before one are looked at: side by side, agents take turns. */
export const LOOK_BACK = 50;

/**
 * @param earlier the requests before, oldest first; the latest of them are enough
 */
export function additionOf({ input }: Exchange, earlier: readonly Exchange[]): Addition {
  const names = input.map(repeatedAs);
  const recent = earlier.slice(-LOOK_BACK);
  for (const before of recent.toReversed()) {
    const known = commonWith(names, before);
    if (known === null) continue;
    return { asked: input.slice(known), isRetry: known === input.length && !before.failed };
  }
  return { asked: withoutInstructions(input, recent), isRetry: false };
}

/** How much of the input an earlier request has told; `null` where they have nothing in common. */
function commonWith(names: readonly string[], before: Exchange): number | null {
  const answer = before.output.at(-1);
  if (answer !== undefined) {
    const at = names.lastIndexOf(repeatedAs(answer));
    if (at >= 0) return at + 1;
  }
  const asked = before.input.map(repeatedAs);
  if (asked.length === 0 || asked.length > names.length) return null;
  return asked.every((name, index) => names[index] === name) ? asked.length : null;
}

/** Instructions are sent with each request; they are told where they are new. */
function withoutInstructions(
  input: readonly string[],
  recent: readonly Exchange[],
): readonly string[] {
  const told = new Set(recent.flatMap((before) => before.input.slice(0, 1)));
  const [first] = input;
  const isTold = first !== undefined && readHash(first)?.role === 'system' && told.has(first);
  return isTold ? input.slice(1) : input;
}
