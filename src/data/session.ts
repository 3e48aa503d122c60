import { computed, signal, type Signal } from '@lit-labs/signals';
import type { Me } from '@cloudbrain/sdk';
import { Core, type Auth, type CoreOptions } from '@cloudbrain/sdk/core';
import { createBatcher, type Batcher } from './batch.ts';
import { isTransient, type QueryState } from './status.ts';
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

/** The queries of a session together. */
export interface Overall {
  /** Whether changes of all of them are pushed; false without any. */
  live: boolean;
  /** Whether a request of any of them is in progress. */
  loading: boolean;
  /** When the oldest data was last known to be true; undefined without data. */
  updatedAt: number | undefined;
  /** How many of them could not be updated. */
  failed: number;
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
  /** The state of all queries together. */
  readonly overall: Signal.Computed<Overall>;
  /** The provider whose session it is. */
  listener?: SessionListener | undefined;
  /** Releases the credentials, which may belong to the page and outlive the session. */
  close(): void;
  /** The shared query for a definition, created if needed. */
  query<P extends object, T>(definition: QueryDefinition<P, T>, params: P): Query<T>;
  /** Refetches everything that is shown. */
  refetchAll(): void;
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
  /** The same queries, for those who follow them. */
  const current = signal<readonly Query<unknown>[]>([]);
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
    overall: computed(() => overallOf(current.get().map(({ state }) => state.get()))),
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
        current.set([...queries.values()]);
        start();
      }
      return query;
    },
    refetchAll() {
      for (const query of queries.values()) query.refetch();
    },
    tidy() {
      setTimeout(() => {
        for (const [key, query] of queries) {
          if (!query.isIdle()) continue;
          query.stop();
          queries.delete(key);
        }
        if (current.get().length !== queries.size) current.set([...queries.values()]);
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

/** The state of several queries together. */
function overallOf(states: readonly QueryState<unknown>[]): Overall {
  const known = states.flatMap(({ updatedAt }) => updatedAt ?? []);
  return {
    live: states.length > 0 && states.every(({ live, error }) => live && error === undefined),
    loading: states.some(({ loading }) => loading),
    updatedAt: known.length > 0 ? Math.min(...known) : undefined,
    // What the reader has no access to isn't a failure.
    failed: states.filter(({ error }) => error !== undefined && isTransient(error)).length,
  };
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
