import type { Me, Session } from '../types.ts';

/** What a client's credentials tell their listeners. */
export interface AuthEvents {
  /** Another account, or another role of it, or (`null`) nobody. A renewed token is no change. */
  change: Me | null;
  /** There is no valid token any more and no way to get one. Fired once each time. */
  expired: undefined;
}

/** What the client lends to its credentials, so that they needn't know how requests are sent. */
export interface AuthServices {
  /** Tells servers apart that share one storage. */
  baseUrl: string;
  /** @param key The same for the same token, also after an answer that was lost. */
  refresh(refreshToken: string, key: string | undefined): Promise<Session>;
  warn(message: string, cause?: unknown): void;
}

/** A token, and until when it serves; times by the local clock, counted from its receipt. */
export interface KeptToken {
  token: string;
  /** From here on a new one is fetched first. */
  renewAt: number;
  /** From here on it is of no use. */
  endsAt: number;
}

/** When a token that was received now is to be renewed, and ends; never, where it names no end. */
export function lifetime(grant: { expiresIn?: number | undefined } | null | undefined): {
  renewAt: number;
  endsAt: number;
} {
  const ms = (grant?.expiresIn ?? Infinity) * 1000;
  const now = Date.now();
  return { renewAt: now + ms - Math.min(60_000, ms / 5), endsAt: now + ms };
}

/**
 * Credentials of a client: made by `passwordAuth`, `bearer` or `apiKey`. A client and its
 * `withOptions` copies share one, and so one session.
 */
export abstract class Auth {
  readonly #listeners = new Set<[event: keyof AuthEvents, listener: (value: never) => void]>();
  #renewing: Promise<string | undefined> | undefined;

  /**
   * @internal The token to send now. Ahead of its end it is renewed; all who ask meanwhile wait for
   * the one renewal.
   * @param rejected A token that the server refused: it is not returned again where there is another.
   */
  async token(rejected?: string): Promise<string | undefined> {
    const kept = await this.current();
    if (kept && kept.token !== rejected && Date.now() < kept.renewAt) return kept.token;
    if (this.#renewing) {
      const token = await this.#renewing;
      // A renewal that began before the refusal may bring the refused token back.
      if (token === undefined || token !== rejected) return token;
    }
    const renewing = (this.#renewing ??= this.renew(rejected).finally(() => {
      if (this.#renewing === renewing) this.#renewing = undefined;
    }));
    return renewing;
  }

  /**
   * Listens; returns the function that stops it. See `cb.auth.on`.
   *
   * @example
   * auth.on('expired', () => showLogin());
   */
  on<K extends keyof AuthEvents>(event: K, listener: (value: AuthEvents[K]) => void): () => void {
    const entry: [K, typeof listener] = [event, listener];
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  protected emit<K extends keyof AuthEvents>(event: K, value: AuthEvents[K]): void {
    for (const [name, listener] of this.#listeners) {
      // By itself, as an event's listener: its fault is nobody else's, and not lost.
      if (name === event) queueMicrotask(() => listener(value as never));
    }
  }

  /** Lets go of a renewal under way: who asks from now on starts another. */
  protected dropRenewal(): void {
    this.#renewing = undefined;
  }

  protected abstract current(): Promise<KeptToken | undefined>;
  protected abstract renew(rejected: string | undefined): Promise<string | undefined>;
}

/** Credentials that begin with a login: those of `passwordAuth`. */
export interface LoginAuth extends Auth {
  /** @internal Called by the client that takes them; the first one's services serve. */
  bind(services: AuthServices): void;

  /** @internal Keeps a session that `login` got. */
  start(session: Session): Promise<void>;

  /** @internal What makes this device known to the server at the next login. */
  device(): Promise<string | undefined>;

  /** @internal Forgets the session, then has its refresh token revoked. */
  end(revoke: (refreshToken: string) => Promise<void>): Promise<void>;
}
