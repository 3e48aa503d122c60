import { APIError } from '../core/errors.ts';
import { uniqueKey } from '../core/write.ts';
import type { Me, Session } from '../types.ts';
import { Auth, type AuthServices, type KeptToken, lifetime, type LoginAuth } from './auth.ts';
import { withLock } from './lock.ts';

/** `localStorage`, `sessionStorage`, or anything alike, also one that answers with promises. */
export interface TokenStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): void | Promise<void>;
  removeItem(key: string): void | Promise<void>;
}

/** Settings of {@link passwordAuth}. */
export interface PasswordAuthOptions {
  /** Where the session outlives the page; left out, it lives in memory. */
  storage?: TokenStorage;
  /** Under which key; by default one for each server. */
  key?: string;
}

interface Stored extends KeptToken {
  refreshToken: string;
  /** Tells the server that it is this session that asks again, where its answer was lost. */
  renewalKey?: string;
  me: Me;
}

/** Answers to a refresh that mean that its token will never be taken. */
const refusals = [400, 401, 403];

class PasswordAuth extends Auth implements LoginAuth {
  readonly #key: string | undefined;
  /** A session in memory is nobody else's: its lock keeps no others waiting. */
  readonly #lock: string | undefined;
  #storage: TokenStorage;
  #services: AuthServices | undefined;
  #who: string | undefined;
  #leaving = false;

  constructor({ storage, key }: PasswordAuthOptions) {
    super();
    this.#key = key;
    this.#lock = storage ? undefined : `cloudbrain:${Math.random()}`;
    this.#storage = storage ?? memory();
  }

  bind(services: AuthServices): void {
    this.#services ??= services;
  }

  start(session: Session): Promise<void> {
    return this.#alone(async () => {
      await this.#keep(session);
      await this.#keepDevice(session.deviceToken);
    });
  }

  async device(): Promise<string | undefined> {
    try {
      return (await this.#storage.getItem(this.#deviceName)) ?? undefined;
    } catch {
      return undefined;
    }
  }

  end(tell: (refreshToken: string) => Promise<void>): Promise<void> {
    return this.#alone(async () => {
      const session = await this.#load();
      this.#leaving = true;
      try {
        await this.#save(undefined);
      } finally {
        this.#leaving = false;
      }
      if (session) await tell(session.refreshToken);
    });
  }

  protected async current(): Promise<Stored | undefined> {
    const session = await this.#load();
    this.#notice(session);
    return session;
  }

  protected renew(rejected: string | undefined): Promise<string | undefined> {
    return this.#alone(async () => {
      // A refresh token works once: while this tab waited for its turn, another may have used it.
      const session = await this.current();
      if (!session || !this.#services) return undefined;
      const usable = session.token !== rejected;
      if (usable && Date.now() < session.renewAt) return session.token;
      try {
        const next = await this.#services.refresh(session.refreshToken, session.renewalKey);
        await this.#keep(next);
        return next.accessToken;
      } catch (error) {
        if (error instanceof APIError && refusals.includes(error.status)) {
          await this.#save(undefined);
          return undefined;
        }
        if (usable && Date.now() < session.endsAt) return session.token;
        throw error;
      }
    });
  }

  #alone<T>(task: () => Promise<T>): Promise<T> {
    return withLock(this.#lock ?? this.#name, task);
  }

  get #name(): string {
    return this.#key ?? `cloudbrain:${this.#services?.baseUrl ?? ''}`;
  }

  get #deviceName(): string {
    return `${this.#name}:device`;
  }

  /** It outlasts the session; where it can't be kept, the device is a new one next time. */
  async #keepDevice(token: string | undefined): Promise<void> {
    try {
      if (token) await this.#storage.setItem(this.#deviceName, token);
    } catch (cause) {
      this.#services?.warn('the device token could not be stored', cause);
    }
  }

  async #load(): Promise<Stored | undefined> {
    try {
      const text = await this.#storage.getItem(this.#name);
      const session = text ? (JSON.parse(text) as Partial<Stored> | null) : null;
      return session?.refreshToken && session.me ? (session as Stored) : undefined;
    } catch {
      // What the parser says of it quotes it: it may be a token.
      this.#services?.warn('the stored session is unreadable');
      return undefined;
    }
  }

  #keep(session: Session): Promise<void> {
    const { accessToken: token, refreshToken, me } = session;
    return this.#save({ token, refreshToken, renewalKey: uniqueKey(), me, ...lifetime(session) });
  }

  async #save(session: Stored | undefined): Promise<void> {
    const name = this.#name;
    const text = session && JSON.stringify(session);
    try {
      if (text) await this.#storage.setItem(name, text);
      else await this.#storage.removeItem(name);
    } catch (cause) {
      this.#services?.warn('the session is kept in memory only from now on', cause);
      // The used refresh token must not stay for other tabs.
      if (text) await this.#forget(name);
      this.#storage = memory();
      if (text) await this.#storage.setItem(name, text);
    }
    this.#notice(session);
  }

  async #forget(name: string): Promise<void> {
    try {
      await this.#storage.removeItem(name);
    } catch (cause) {
      this.#services?.warn('the stored session could not be removed', cause);
    }
  }

  /** Tells listeners where the session became somebody else's or nobody's, here or in another tab. */
  #notice(session: Stored | undefined): void {
    const who = session && `${session.me.id} ${session.me.role}`;
    if (who === this.#who) return;
    this.#who = who;
    this.emit('change', session?.me ?? null);
    if (!session && !this.#leaving) this.emit('expired', undefined);
  }
}

function memory(): TokenStorage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

/**
 * A session of somebody who logs in with email and password. It is renewed ahead of its end and
 * when the server refuses it; tabs that share a storage take turns, so that a refresh token is
 * never used twice.
 *
 * @example
 * const cb = new CloudBrain({ baseUrl, auth: passwordAuth({ storage: localStorage }) });
 * await cb.auth.login({ email, password });
 */
export function passwordAuth(options: PasswordAuthOptions = {}): Auth {
  return new PasswordAuth(options);
}
