import { signal, type Signal } from '@lit-labs/signals';
import type { Me } from '@cloudbrain/sdk';
import { Core, type Auth, type CoreOptions } from '@cloudbrain/sdk/core';
import { createBatcher, type Batcher } from './batch.ts';
import { createLiveHub, type LiveHub } from './live-hub.ts';
import { createQuery, type Query, type QueryDefinition } from './query.ts';
import { createServerClock, type ServerClock } from './server-clock.ts';

/** A subscriber of session changes. */
export interface SessionListener {
  /** Somebody logged in or out. */
  changed(): void;
  /** The server requires another token; reported once, until there is one. */
  refused(): void;
}

/**
 * What the elements of a provider (or of a page, by base URL and token) share: the SDK, one cache
 * of queries, one live stream. Its parts start with their first user and end with the last; nothing
 * here outlives the elements.
 */
export interface Session {
  readonly core: Core;
  readonly live: LiveHub;
  /** Sends what is fetched in the same tick as one request. */
  readonly batch: Batcher;
  /** What the time is at the server. */
  readonly clock: ServerClock;
  /** The account that logged in; null if nobody did, or if the token is not from a login. */
  readonly me: Signal.State<Me | null>;
  /** The provider whose session it is. */
  listener?: SessionListener | undefined;
  /** Releases the credentials, which may belong to the page and outlive the session. */
  close(): void;
  /** The shared query for a definition, created if needed. */
  query<P extends object, T>(definition: QueryDefinition<P, T>, params: P): Query<T>;
  /** Drops queries that nobody watches; a moved element has come back by then. */
  tidy(): void;
  /** A new token, or the page is visible again: failed queries are retried, data stays visible. */
  wake(): void;
  /** The server rejected the token. */
  refuse(): void;
}

/** Makes a session. */
export function createSession({ options }: Core): Session {
  const clock = createServerClock();
  const core = new Core({ ...options, around: clock.observe(options.around) });
  const queries = new Map<string, Query<unknown>>();
  const live = createLiveHub(core);
  let isRefused = false;
  let stop: (() => void) | undefined;

  const unlisten = core.auth?.on('change', (me) => {
    const before = session.me.get();
    session.me.set(me);
    live.close();
    for (const query of queries.values()) {
      // The data belongs to the previous account.
      if (before) query.reset();
      else query.wake();
    }
    live.wake();
    session.listener?.changed();
  });

  function start(): void {
    if (stop) return;
    const controller = new AbortController();
    const { signal } = controller;
    const wake = () => {
      if (!document.hidden) session.wake();
    };
    addEventListener('online', wake, { signal });
    document.addEventListener('visibilitychange', wake, { signal });
    stop = () => {
      controller.abort();
      stop = undefined;
    };
  }

  const session: Session = {
    core,
    live,
    batch: createBatcher(core),
    clock,
    me: signal<Me | null>(null),
    close() {
      unlisten?.();
      session.listener = undefined;
    },
    query<P extends object, T>(definition: QueryDefinition<P, T>, params: P) {
      const key = definition.name + JSON.stringify(params);
      let query = queries.get(key) as Query<T> | undefined;
      if (!query) {
        query = createQuery(session, definition, params);
        queries.set(key, query);
        start();
      }
      return query;
    },
    tidy() {
      setTimeout(() => {
        for (const [key, query] of queries) {
          if (!query.isIdle()) continue;
          query.stop();
          queries.delete(key);
        }
        if (queries.size === 0) stop?.();
      });
    },
    wake() {
      isRefused = false;
      live.wake();
      for (const query of queries.values()) query.wake();
    },
    refuse() {
      if (isRefused) return;
      isRefused = true;
      session.listener?.refused();
    },
  };
  return session;
}

/** Elements retry by themselves and show it, so the SDK's own retries are limited. */
const PATIENCE = { timeout: 15_000, maxRetries: 1 };

/** A session on a server, with these credentials. */
export function newSession(baseUrl: string | undefined, auth: Auth, more?: CoreOptions): Session {
  const options = { auth, ...PATIENCE, ...more };
  try {
    // An empty address means the page's own server.
    return createSession(new Core({ ...options, baseUrl: baseUrl || undefined }));
  } catch (error) {
    // Not an address: each query reports it.
    const around = async () => {
      throw error;
    };
    return createSession(new Core({ ...options, around }));
  }
}
