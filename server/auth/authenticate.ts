import { isDeepStrictEqual } from 'node:util';
import type { Account, ApiKey, AuthStore, KeyOfSecret } from '../store/tenancy/auth.ts';
import type { ApiCaller, Caller } from './caller.ts';
import { digest } from './credentials.ts';
import { mayMint } from './minting.ts';
import { TtlCache } from './ttl-cache.ts';
import { TokenRefused } from './token-refused.ts';
import type { AccessClaims, EmbedClaims, Tokens } from './tokens.ts';

export interface AuthenticatorOptions {
  store: AuthStore;
  tokens: Tokens;
  now: () => Date;
}

/** Says who is asking. */
export class Authenticator {
  readonly #store: AuthStore;
  readonly #tokens: Tokens;
  readonly #now: () => Date;
  readonly #sessions: TtlCache<Account>;
  readonly #accounts: TtlCache<Account>;
  readonly #keys: TtlCache<ApiKey>;
  /** By the hash of a secret. */
  readonly #secrets: TtlCache<KeyOfSecret>;

  constructor({ store, tokens, now }: AuthenticatorOptions) {
    this.#store = store;
    this.#tokens = tokens;
    this.#now = now;
    this.#sessions = new TtlCache(now);
    this.#accounts = new TtlCache(now);
    this.#keys = new TtlCache(now);
    this.#secrets = new TtlCache(now);
  }

  /**
   * Who sent a request; `null` where it brings no token at all.
   * @throws Problem 401 for a token that is not, or no longer, valid; 403 for an embed token's
   * wrong origin
   */
  async caller(request: Request): Promise<Caller | null> {
    const given = credentialOf(request.headers);
    if (given === null) return null;
    if (given.kind === 'key' || !looksLikeToken(given.text)) return this.#byKey(given.text);
    const claims = await this.#claimsOf(given.text);
    if (!claims) return this.#byKey(given.text);
    if (claims.kind === 'access') return this.#bySession(claims);
    requireOrigin(request.headers, claims);
    return this.#byEmbed(claims);
  }

  /**
   * What a signed token says; `undefined` for a key that only looks like one, as an operator may
   * have chosen any.
   * @throws Problem 401 for a token that is not, or no longer, valid
   */
  async #claimsOf(text: string): Promise<AccessClaims | EmbedClaims | undefined> {
    try {
      return await this.#tokens.read(text);
    } catch (error) {
      if (
        error instanceof TokenRefused &&
        error.reason === 'invalid' &&
        (await this.#key(digest(text)))
      ) {
        return undefined;
      }
      throw error;
    }
  }

  /**
   * Whether a caller that was let in before would be again, as the same: for streams, which
   * outlast a request.
   */
  async stillValid(caller: ApiCaller): Promise<boolean> {
    const { kind, role, domains, expiresAt, source, generation } = caller;
    if (expiresAt && expiresAt <= this.#now()) return false;
    const now = await this.#holder(source);
    if (!now?.role || !this.#isOf(now, generation)) return false;
    if (kind === 'embed') return mayMint({ role: now.role, domains: now.domains }, role, domains);
    return now.role === role && isDeepStrictEqual(now.domains, domains);
  }

  /** A session has been ended: its access tokens end now, not when what is remembered does. */
  forgetSession(sessionId: string): void {
    this.#sessions.forget(sessionId);
  }

  /** A key has ended, or has another secret: that holds now, not when what is remembered ends. */
  forgetKey(id: string): void {
    this.#keys.forget(id);
    // It happens rarely, and some of them may be of this key.
    this.#secrets.clear();
  }

  async #bySession({ sessionId, expiresAt }: AccessClaims): Promise<ApiCaller> {
    const account = await this.#sessionAccount(sessionId);
    if (!account) {
      const suspect = { kind: 'session', id: sessionId } as const;
      throw new TokenRefused('session_ended', 'The session has ended.', suspect);
    }
    return {
      kind: 'account',
      ...account,
      expiresAt,
      source: { kind: 'session', id: sessionId },
    };
  }

  async #byEmbed(claims: EmbedClaims): Promise<ApiCaller> {
    const { id, minter, role, domains, expiresAt } = claims;
    const { generation } = minter;
    const source = { kind: minter.kind, id: minter.id };
    const by = await this.#holder(source);
    const holds = by && this.#isOf(by, generation);
    if (!holds || !by.role || !mayMint({ role: by.role, domains: by.domains }, role, domains)) {
      const detail = 'The account or key that created this token no longer has its permissions.';
      throw new TokenRefused('minter_ended', detail, source);
    }
    return {
      kind: 'embed',
      id,
      name: 'Embedded page',
      email: null,
      role,
      workspace: by.workspace,
      domains,
      expiresAt,
      source,
      generation,
    };
  }

  async #byKey(text: string): Promise<Caller> {
    const hash = digest(text);
    const key = await this.#key(hash);
    const isCurrent = key?.usedGeneration === key?.generation;
    const now = this.#now();
    if (!key || !(isCurrent || isAhead(key.previousUntil, now))) {
      const suspect = { kind: 'hash', id: hash } as const;
      throw new TokenRefused('unknown_key', 'There is no such key.', suspect);
    }
    const { id, name, workspace, role, domains, domain, team } = key;
    if (key.expiresAt && key.expiresAt <= now) {
      throw new TokenRefused('expired', 'The key has expired.', { kind: 'key', id });
    }
    if (role === null) return { kind: 'ingest', id, name, workspace, domain, team };
    const source = { kind: 'key' as const, id };
    return {
      kind: 'key',
      id,
      name,
      email: null,
      role,
      workspace,
      domains,
      // The secret before ends with the key, if not earlier.
      expiresAt: isCurrent ? key.expiresAt : key.previousUntil,
      source,
      generation: key.usedGeneration,
    };
  }

  #key(hash: string): Promise<KeyOfSecret | undefined> {
    return this.#secrets.get(hash, () => this.#store.key({ hash }));
  }

  /** The account or key that a caller stands for; `undefined` where it has ended. */
  #holder({ kind, id }: ApiCaller['source']): Promise<Account | ApiKey | undefined> {
    switch (kind) {
      case 'session':
        return this.#sessionAccount(id);
      case 'account':
        return this.#account(id);
      case 'key':
        return this.#keyById(id);
    }
  }

  #sessionAccount(id: string): Promise<Account | undefined> {
    return this.#sessions.get(id, () => this.#store.accountOfSession(id));
  }

  #account(id: string): Promise<Account | undefined> {
    return this.#accounts.get(id, () => this.#store.account(id));
  }

  #keyById(id: string): Promise<ApiKey | undefined> {
    return this.#keys.get(id, () => this.#store.keyById(id));
  }

  /** Whether what an account or key gave out as of this generation still holds. */
  #isOf(holder: Account | ApiKey, generation: number): boolean {
    if (!('previousUntil' in holder)) return holder.generation === generation;
    const now = this.#now();
    if (holder.expiresAt && holder.expiresAt <= now) return false;
    if (holder.generation === generation) return true;
    return holder.generation === generation + 1 && isAhead(holder.previousUntil, now);
  }
}

const isAhead = (time: Date | null, now: Date): boolean => time !== null && time > now;

/** A signed token starts with a JSON object in Base64. */
const looksLikeToken = (text: string): boolean => /^eyJ[^.]*\.[^.]*\.[^.]*$/.test(text);

/** What a request shows: `Authorization: Bearer`, or `x-api-key` for a key. */
function credentialOf(headers: Headers): { kind: 'token' | 'key'; text: string } | null {
  const authorization = headers.get('authorization');
  if (authorization !== null) {
    // A key that its operator chose may have spaces in it.
    const [, text] = /^bearer +(\S.*)$/i.exec(authorization.trim()) ?? [];
    if (text === undefined) {
      throw new TokenRefused('malformed', 'Send the token as `Authorization: Bearer`.');
    }
    return { kind: 'token', text };
  }
  const text = headers.get('x-api-key')?.trim();
  return text ? { kind: 'key', text } : null;
}

/** Only a browser tells a page's origin truly, and it leaves it out of a page's own requests. */
function requireOrigin(headers: Headers, { origins, minter }: EmbedClaims): void {
  const origin = headers.get('origin');
  if (origin !== null && origins.includes(origin)) return;
  const own = origin === null && headers.get('sec-fetch-site') === 'same-origin';
  const host = headers.get('host');
  if (own && origins.some((allowed) => URL.parse(allowed)?.host === host)) return;
  const { kind, id } = minter;
  throw new TokenRefused(
    'origin',
    'This token is valid only on the origins that it was made for.',
    { kind, id },
  );
}
