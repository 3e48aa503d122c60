import { uniqueKey } from '../core/write.ts';
import type { Session } from '../types.ts';
import { Auth, type AuthServices, type KeptToken, lifetime, type LoginAuth } from './auth.ts';
import type { SessionKeeper, StoredSession } from './session-keeper.ts';

/** `localStorage`, `sessionStorage`, or a similar storage; its methods can return promises. */
export interface TokenStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): void | Promise<void>;
  removeItem(key: string): void | Promise<void>;
}

/** Settings of {@link passwordAuth}. */
export interface PasswordAuthOptions {
  /** Storage of the session; by default it is kept in memory and ends with the page. */
  storage?: TokenStorage;
  /** Name in the storage; by default one per server. */
  key?: string;
}

/** A {@link SessionKeeper} does its work. It is loaded when a token is needed, or at a login. */
class PasswordAuth extends Auth implements LoginAuth {
  readonly #options: PasswordAuthOptions;
  #services: AuthServices | undefined;
  #keeper: Promise<SessionKeeper> | undefined;

  constructor(options: PasswordAuthOptions) {
    super();
    this.#options = options;
  }

  bind(services: AuthServices): void {
    this.#services ??= services;
  }

  async start(session: Session): Promise<void> {
    return (await this.#load()).start(session);
  }

  async device(): Promise<string | undefined> {
    return (await this.#load()).device();
  }

  async end(revoke: (refreshToken: string) => Promise<void>): Promise<void> {
    return (await this.#load()).end(revoke);
  }

  protected async current(): Promise<KeptToken | undefined> {
    return (await this.#load()).current();
  }

  protected async renew(rejected: string | undefined): Promise<string | undefined> {
    return (await this.#load()).renew(rejected);
  }

  async #load(): Promise<SessionKeeper> {
    this.#keeper ??= import('./session-keeper.ts').then(
      ({ SessionKeeper }) =>
        new SessionKeeper({
          options: this.#options,
          services: this.#services,
          store: toStored,
          emit: (event, value) => this.emit(event, value),
        }),
    );
    try {
      return await this.#keeper;
    } catch (error) {
      // The next one tries again.
      this.#keeper = undefined;
      throw error;
    }
  }
}

function toStored(session: Session): StoredSession {
  const { accessToken: token, refreshToken, me } = session;
  return { token, refreshToken, renewalKey: uniqueKey(), me, ...lifetime(session) };
}

/**
 * Credentials of an account that logs in with email and password. The session is renewed before it
 * expires and when the server rejects it. Tabs that share a storage take turns, so that a refresh token
 * is never used twice.
 *
 * @example
 * const cb = new CloudBrain({ baseUrl, auth: passwordAuth({ storage: localStorage }) });
 * await cb.auth.login({ email, password });
 */
export function passwordAuth(options: PasswordAuthOptions = {}): Auth {
  return new PasswordAuth(options);
}
