import { Problem } from '../contract/index.ts';
import type { Suspect } from '../store/audit/security-log.ts';

/** Why a token was not taken. */
export type RefusalReason =
  'malformed' | 'unknown_key' | 'invalid' | 'expired' | 'session_ended' | 'minter_ended' | 'origin';

/** A token that is refused: a problem with what an admin may want to know of it. */
export class TokenRefused extends Problem {
  readonly reason: RefusalReason;
  readonly suspect: Suspect | null;

  constructor(reason: RefusalReason, detail: string, suspect: Suspect | null = null) {
    const isElsewhere = reason === 'origin';
    super(
      isElsewhere ? 403 : 401,
      detail,
      isElsewhere ? {} : { headers: { 'WWW-Authenticate': 'Bearer' } },
    );
    this.reason = reason;
    this.suspect = suspect;
  }
}
