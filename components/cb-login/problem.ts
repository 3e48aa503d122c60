import type { BaseMessage } from '../../src/i18n/base.ts';
import { describeError } from '../../src/element/problem.ts';
import { errorStatus } from '../../src/data/status.ts';

/** The fields of the form. */
export type Field = 'email' | 'password' | 'domain';

/** Why a login did not succeed, as the form shows it. */
export type LoginProblem =
  /** These fields are empty. */
  | { kind: 'missing'; fields: readonly Field[] }
  /** Email, password or domain is wrong; the server doesn't say which. */
  | { kind: 'wrong' }
  /** Too many attempts; `until` is when the next one may be made, epoch ms, `waitMs` its length. */
  | { kind: 'locked'; until: number; waitMs: number }
  /** The email is in several workspaces: the form asks for a domain. */
  | { kind: 'ambiguous' }
  /** Another error, with the shared text and the server's own. */
  | { kind: 'other'; message: BaseMessage; detail: string | undefined };

/** How long to wait if the server doesn't say. */
const DEFAULT_LOCK = 60_000;

/** Reads the SDK's error of a failed login. */
export function problemOf(error: unknown, now: number): LoginProblem {
  const status = errorStatus(error);
  if (status === 401) return { kind: 'wrong' };
  if (status === 409) return { kind: 'ambiguous' };
  if (status === 429) {
    const waitMs = (error as { retryAfterMs?: number }).retryAfterMs ?? DEFAULT_LOCK;
    return { kind: 'locked', until: now + waitMs, waitMs };
  }
  const { message, detail } = describeError(error);
  return { kind: 'other', message, detail };
}

/** Which fields a problem is about. */
export function fieldsOf(problem: LoginProblem | undefined): readonly Field[] {
  if (problem?.kind === 'missing') return problem.fields;
  return problem?.kind === 'wrong' ? ['email', 'password', 'domain'] : [];
}
