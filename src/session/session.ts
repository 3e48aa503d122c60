import type { Me } from '@cloudbrain/sdk';
import { Core, type Auth, type Log } from '@cloudbrain/sdk/core';
import { LiveHub } from './live.ts';
import { Query, type QueryDefinition } from './query.ts';

/** A query whose question is no concern here. */
type AnyQuery = Pick<Query<never, unknown>, 'isIdle' | 'stop' | 'wake' | 'reset'>;

/** Who wants to know what becomes of a session. */
export interface SessionListener {
  /** Somebody logged in or out. */
  changed(): void;
  /** The server wants another token; told once, until there is one. */
  refused(): void;
}

/**
 * What the elements of a provider (or of a page, by base URL and token) share: the SDK, one
 * cache of questions, one live stream. Its parts start with their first user and end with the
 * last; nothing here outlives the elements.
 */
export class Session {
  readonly core: Core;
  readonly live: LiveHub;
  /** The provider whose session it is. */
  listener?: SessionListener | undefined;
  readonly #queries = new Map<string, AnyQuery>();
  readonly #unlisten: (() => void) | undefined;
  #me: Me | null = null;
  #refused = false;
  #stop?: (() => void) | undefined;

  constructor(core: Core) {
    this.core = core;
    this.live = new LiveHub(core);
    this.#unlisten = core.auth?.on('change', (me) => this.#changed(me));
  }

  /** Who logged in; null where nobody did, or the token is not from a login. */
  get me(): Me | null {
    return this.#me;
  }

  /** Lets go of the credentials, which may be the page's own and outlive the session. */
  close(): void {
    this.#unlisten?.();
    this.listener = undefined;
  }

  /** The one query for a question, made where it isn't there yet. */
  query<P extends object, T>(definition: QueryDefinition<P, T>, params: P): Query<P, T> {
    const key = definition.name + JSON.stringify(params);
    let query = this.#queries.get(key) as Query<P, T> | undefined;
    if (!query) {
      query = new Query(this, definition, params);
      this.#queries.set(key, query);
      this.#start();
    }
    return query;
  }

  /** Drops queries that nobody watches; a moved element has come back by then. */
  tidy(): void {
    queueMicrotask(() => {
      for (const [key, query] of this.#queries) {
        if (!query.isIdle) continue;
        query.stop();
        this.#queries.delete(key);
      }
      if (this.#queries.size === 0) this.#stop?.();
    });
  }

  /** A new token, or the page is back: what failed is asked again, what is shown stays. */
  wake(): void {
    this.#refused = false;
    this.live.wake();
    for (const query of this.#queries.values()) query.wake();
  }

  /** The server refused the token. */
  refuse(): void {
    if (this.#refused) return;
    this.#refused = true;
    this.listener?.refused();
  }

  #changed(me: Me | null): void {
    const before = this.#me;
    this.#me = me;
    this.live.close();
    for (const query of this.#queries.values()) {
      // What is shown belongs to whoever was in.
      if (before) query.reset();
      else query.wake();
    }
    this.live.wake();
    this.listener?.changed();
  }

  #start(): void {
    if (this.#stop) return;
    const controller = new AbortController();
    const { signal } = controller;
    const wake = () => {
      if (!document.hidden) this.wake();
    };
    addEventListener('online', wake, { signal });
    document.addEventListener('visibilitychange', wake, { signal });
    this.#stop = () => {
      controller.abort();
      this.#stop = undefined;
    };
  }
}

/** Elements try again by themselves, and show it; so the SDK itself doesn't for long. */
const PATIENCE = { timeout: 15_000, maxRetries: 1 };

/** A session on a server, with these credentials. */
export function newSession(baseUrl: string | undefined, auth: Auth, log?: Log): Session {
  // An empty address is one that was left out: the page's own server.
  return new Session(new Core({ baseUrl: baseUrl || undefined, auth, log, ...PATIENCE }));
}
