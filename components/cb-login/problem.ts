import type { BaseMessage } from '../../src/i18n/base.ts';
import { describeError } from '../../src/problem.ts';
import { errorStatus } from '../../src/status.ts';
import type { LoginMessage } from './cb-login.messages.ts';

/** Why a login did not succeed, as the form shows it. */
export type LoginProblem =
  /** Email or password, or nobody says which. */
  | { kind: 'wrong' }
  /** Too many attempts; `until` is when the next one may be made, epoch ms. */
  | { kind: 'locked'; until: number }
  /** The email is in several workspaces: the form asks for a domain. */
  | { kind: 'ambiguous' }
  /** Something else, in the shared words and the server's own. */
  | { kind: 'other'; message: BaseMessage; detail: string | undefined };

/** What is to be said for `wrong` and `locked`. */
export const PROBLEM_TEXT: Record<'wrong' | 'locked' | 'ambiguous', LoginMessage> = {
  wrong: 'wrong',
  locked: 'locked',
  ambiguous: 'domainWhy',
};

/** How long to wait where the server does not say. */
const DEFAULT_LOCK_S = 60;

/** Reads the SDK's error of a failed login. */
export function problemOf(error: unknown, now: number): LoginProblem {
  const status = errorStatus(error);
  if (status === 401) return { kind: 'wrong' };
  if (status === 409) return { kind: 'ambiguous' };
  if (status === 429) {
    const header = (error as { headers?: Headers }).headers?.get('retry-after');
    const seconds = Number(header);
    return { kind: 'locked', until: now + (seconds > 0 ? seconds : DEFAULT_LOCK_S) * 1_000 };
  }
  const { message, detail } = describeError(error);
  return { kind: 'other', message, detail };
}

/** At most two letters for a name or an address: `Ada Lovelace` AL, `ada@example.com` A. */
export function initials(name: string): string {
  const words = name
    .replace(/@.*/, '')
    .split(/[\s._-]+/)
    .filter(Boolean);
  return [words.at(0), words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}
