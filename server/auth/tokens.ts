import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { Suspect } from '../store/audit/security-log.ts';
import { isUuid } from '../store/database/uuid.ts';
import type { Role } from './caller.ts';
import { TokenRefused } from './token-refused.ts';
import type { Secret } from './secret.ts';

const ISSUER = 'cloudbrain';

/** An access token names its session; everything else about the account is looked up. */
export interface AccessClaims {
  kind: 'access';
  sessionId: string;
  expiresAt: Date;
}

/** An account or key, as it was when it minted: a new password or secret ends its tokens. */
interface Minter {
  kind: 'account' | 'key';
  id: string;
  generation: number;
}

export interface EmbedClaims {
  kind: 'embed';
  id: string;
  /** Who minted it: it ends with them. */
  minter: Minter;
  role: Role;
  domains: string[];
  origins: string[];
  expiresAt: Date;
}

/** Each kind has a type and an audience of its own, so that one never passes for the other. */
const kinds = {
  access: { typ: 'at+jwt', audience: 'cloudbrain:api' },
  embed: { typ: 'embed+jwt', audience: 'cloudbrain:embed' },
} as const;

/** Signs and reads the service's own tokens. */
export class Tokens {
  readonly #key: Uint8Array;
  readonly #now: () => Date;

  constructor(secret: Secret, now: () => Date) {
    this.#key = secret.key('tokens');
    this.#now = now;
  }

  signAccess({ sessionId, expiresAt }: Omit<AccessClaims, 'kind'>): Promise<string> {
    return this.#sign('access', { sid: sessionId }, expiresAt);
  }

  signEmbed({ id, minter, role, domains, origins, expiresAt }: Omit<EmbedClaims, 'kind'>) {
    const by = `${minter.kind}:${minter.id}`;
    const gen = minter.generation;
    return this.#sign('embed', { jti: id, by, gen, role, domains, origins }, expiresAt);
  }

  /** @throws Problem 401 */
  async read(token: string): Promise<AccessClaims | EmbedClaims> {
    try {
      const kind = decodeProtectedHeader(token).typ === kinds.embed.typ ? 'embed' : 'access';
      const { payload } = await jwtVerify<Record<string, unknown>>(token, this.#key, {
        ...kinds[kind],
        issuer: ISSUER,
        algorithms: ['HS256'],
        requiredClaims: ['exp'],
        currentDate: this.#now(),
      });
      const expiresAt = new Date(Number(payload.exp) * 1000);
      if (kind === 'access') return { kind, sessionId: idOf(payload.sid), expiresAt };
      return {
        kind,
        id: idOf(payload.jti),
        minter: minterOf(payload),
        role: payload.role as Role,
        domains: payload.domains as string[],
        origins: payload.origins as string[],
        expiresAt,
      };
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        // Its signature was good: it tells whose it was.
        throw new TokenRefused('expired', 'The token has expired.', suspectOf(error.payload));
      }
      throw new TokenRefused('invalid', 'The token is not valid.');
    }
  }

  #sign(kind: keyof typeof kinds, claims: Record<string, unknown>, expiresAt: Date) {
    const { typ, audience } = kinds[kind];
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setIssuedAt(this.#now())
      .setExpirationTime(expiresAt)
      .sign(this.#key);
  }
}

/** Whose a token is: its session, or who minted it. */
function suspectOf({ sid, by }: Record<string, unknown>): Suspect | null {
  if (isUuid(sid)) return { kind: 'session', id: sid };
  const [kind, id] = String(by).split(':');
  return isUuid(id) ? { kind: kind === 'key' ? 'key' : 'account', id } : null;
}

/** A token from before accounts and keys had generations is of the first one. */
function minterOf({ by, gen = 0 }: Record<string, unknown>): Minter {
  const [kind, minterId] = String(by).split(':');
  const id = idOf(minterId);
  return { kind: kind === 'key' ? 'key' : 'account', id, generation: Number(gen) };
}

/** @throws Error where it is none: such a token was not made here, however it came to be signed */
function idOf(claim: unknown): string {
  if (!isUuid(claim)) throw new Error('The claim is not an id.');
  return claim;
}
