import type { APIError } from '../core/errors.ts';
import type { Me, Session } from '../types.ts';
import type { AuthEvents, AuthServices, KeptToken } from './auth.ts';
import { withLock } from './lock.ts';
import type { PasswordAuthOptions, TokenStorage } from './password.ts';

/** A session as it is stored. */
export interface StoredSession extends KeptToken {
  refreshToken: string;
  /** Lets the server recognise a renewal that is repeated because its answer was lost. */
  renewalKey?: string;
  me: Me;
}

/** Statuses of a refresh whose token will never be accepted. */
const refusals = [400, 401, 403];

/** What a keeper works with. It is loaded apart, so it imports none of it. */
interface KeeperParts {
  options: PasswordAuthOptions;
  /** Missing where no client has taken the credentials yet. */
  services: AuthServices | undefined;
  /** What is stored of a session that was received now. */
  store: (session: Session) => StoredSession;
  emit: <K extends keyof AuthEvents>(event: K, value: AuthEvents[K]) => void;
}

/** Keeps and renews the session of a login. */
export class SessionKeeper {
  readonly #key: string | undefined;
  readonly #store: KeeperParts['store'];
  readonly #emit: KeeperParts['emit'];
  readonly #services: AuthServices | undefined;
  /** A session in memory isn't shared, so its lock isn't either. */
  readonly #lock: string | undefined;
  #storage: TokenStorage;
  #who: string | undefined;
  #leaving = false;

  constructor({ options: { storage, key }, services, store, emit }: KeeperParts) {
    this.#key = key;
    this.#services = services;
    this.#store = store;
    this.#emit = emit;
    this.#lock = storage ? undefined : `cloudbrain:${Math.random()}`;
    this.#storage = storage ?? memory();
  }

  start(session: Session): Promise<void> {
    return this.#alone(async () => {
      await this.#save(this.#store(session));
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

  end(revoke: (refreshToken: string) => Promise<void>): Promise<void> {
    return this.#alone(async () => {
      const session = await this.#load();
      this.#leaving = true;
      try {
        await this.#save(undefined);
      } finally {
        this.#leaving = false;
      }
      if (session) await revoke(session.refreshToken);
    });
  }

  async current(): Promise<StoredSession | undefined> {
    const session = await this.#load();
    this.#notice(session);
    return session;
  }

  renew(rejected: string | undefined): Promise<string | undefined> {
    return this.#alone(async () => {
      // A refresh token works once: while this tab waited for its turn, another may have used it.
      const session = await this.current();
      if (!session || !this.#services) return undefined;
      const usable = session.token !== rejected;
      if (usable && Date.now() < session.renewAt) return session.token;
      try {
        const next = await this.#services.refresh(session.refreshToken, session.renewalKey);
        await this.#save(this.#store(next));
        return next.accessToken;
      } catch (error) {
        if (refusals.includes((error as Partial<APIError>).status ?? 0)) {
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

  async #load(): Promise<StoredSession | undefined> {
    try {
      const text = await this.#storage.getItem(this.#name);
      const session = text ? (JSON.parse(text) as Partial<StoredSession> | null) : null;
      return session?.refreshToken && session.me ? (session as StoredSession) : undefined;
    } catch {
      // The parser's message quotes the text, which may hold a token.
      this.#services?.warn('the stored session is unreadable');
      return undefined;
    }
  }

  async #save(session: StoredSession | undefined): Promise<void> {
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

  /** Notifies listeners where the session is another account's or has ended, here or in another tab. */
  #notice(session: StoredSession | undefined): void {
    const who = session && `${session.me.id} ${session.me.role}`;
    if (who === this.#who) return;
    this.#who = who;
    this.#emit('change', session?.me ?? null);
    if (!session && !this.#leaving) this.#emit('expired', undefined);
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
