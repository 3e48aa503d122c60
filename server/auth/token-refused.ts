import { Problem, type CodeOf } from '../contract/index.ts';
import type { Suspect } from '../store/audit/security-log.ts';

/** Why a token was not taken. */
export type RefusalReason =
  'malformed' | 'unknown_key' | 'invalid' | 'expired' | 'session_ended' | 'minter_ended' | 'origin';

const codes: Readonly<Record<RefusalReason, CodeOf<401 | 403>>> = {
  malformed: 'token_malformed',
  unknown_key: 'unknown_key',
  invalid: 'token_invalid',
  expired: 'token_expired',
  session_ended: 'session_ended',
  minter_ended: 'minter_ended',
  origin: 'origin_refused',
};

/** A token that is refused: a problem with what an admin may want to know of it. */
export class TokenRefused extends Problem {
  readonly reason: RefusalReason;
  readonly suspect: Suspect | null;

  constructor(reason: RefusalReason, detail: string, suspect: Suspect | null = null) {
    const headers = { 'WWW-Authenticate': 'Bearer' };
    super(codes[reason], detail, reason === 'origin' ? {} : { headers });
    this.reason = reason;
    this.suspect = suspect;
  }
}
