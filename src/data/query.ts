import { signal, type Signal } from '@lit-labs/signals';
import type { LiveUpdate, Topic } from '@cloudbrain/sdk';
import { backoff, type Core } from '@cloudbrain/sdk/core';
import { errorStatus, isTransient, type QueryState } from './status.ts';
import type { Session } from './session.ts';

/** The effect of a live event on the data. */
export interface Applied<T> {
  /** The answer as it is now. */
  data?: T;
  /** Refetch within this many milliseconds, for what the event doesn't include. */
  refetchIn?: number;
}

/** A query to the server, and how its data is kept current. */
export interface QueryDefinition<P extends object, T> {
  /** The operation; identifies a query together with its parameters. */
  name: string;
  fetch(core: Core, params: P, signal: AbortSignal): PromiseLike<T>;
  /** The live topic that reports changes; without one the query is polled. */
  topic?: Topic;
  /** Applies an event of that topic to the data; undefined if it is irrelevant. */
  apply?(data: T, event: LiveUpdate, params: P): Applied<T> | undefined;
}

/** The default polling interval without a live connection. */
const DEFAULT_REFRESH = 30_000;
/** Live data drifts too: a sliding window loses its oldest minutes without an event. */
const LIVE_REFRESH = 5 * 60_000;
/** What happened between the answer and the start of the stream came through neither. */
const GAP_REFRESH = 10_000;
/** Changes come in bursts: the minimum time between refetches. */
const MIN_INTERVAL = 5_000;
const MIN_BACKOFF = 2_000;
const MAX_BACKOFF = 60_000;

/** A query shared by all its users; it runs while there are any. */
export interface Query<T> {
  readonly state: Signal.State<QueryState<T>>;
  isIdle(): boolean;
  /**
   * Runs it for a user, who polls every `refresh` milliseconds without a live connection. Called
   * again, only changes the interval.
   */
  acquire(user: object, refresh?: number): void;
  /** Stops it with the last user. */
  release(user: object): void;
  stop(): void;
  refetch(): void;
  wake(): void;
  reset(): void;
}

export function createQuery<P extends object, T>(
  session: Session,
  { fetch, topic, apply: applyEvent }: QueryDefinition<P, T>,
  params: P,
): Query<T> {
  const state = signal<QueryState<T>>({ loading: true, live: false });
  const users = new Map<object, number>();
  let unsubscribe: (() => void) | undefined;
  let request: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = Infinity;
  let requestedAt = 0;
  let failures = 0;

  const isIdle = () => users.size === 0;
  const isLive = () => unsubscribe !== undefined && session.live.isOpen();
  const pace = () => (isLive() ? LIVE_REFRESH : Math.min(...users.values()));
  /**
   * When the data was last known to be true: live data is current, unless a request has failed
   * since.
   */
  const trueUntil = () => {
    const { error, updatedAt } = state.get();
    return error === undefined ? Date.now() : updatedAt;
  };
  const set = (change: Partial<QueryState<T>>) => state.set({ ...state.get(), ...change });

  /** Refetches within some milliseconds, once for all callers. */
  function schedule(delay: number): void {
    const at = Date.now() + delay;
    if (at >= due || isIdle()) return;
    cancel();
    due = at;
    timer = setTimeout(() => {
      // No requests while the page is hidden; `wake` notices that one is due.
      if (!document.hidden) refetch();
    }, delay);
  }

  function cancel(): void {
    clearTimeout(timer);
    due = Infinity;
  }

  /**
   * Fetches now. A pending response is dropped, because it may be older than the reason to fetch.
   */
  function refetch(): void {
    if (isIdle()) return;
    cancel();
    request?.abort();
    request = new AbortController();
    requestedAt = Date.now();
    set({ loading: true });
    void run(request);
  }

  async function run(mine: AbortController): Promise<void> {
    try {
      const data = await session.batch((core) => fetch(core, params, mine.signal));
      if (request !== mine) return;
      failures = 0;
      subscribe();
      state.set({ data, updatedAt: Date.now(), loading: false, live: isLive() });
      schedule(pace());
    } catch (error) {
      if (request !== mine || mine.signal.aborted) return;
      let retryAt: number | undefined;
      if (isTransient(error)) {
        const delay = backoff(failures++, MIN_BACKOFF, MAX_BACKOFF);
        retryAt = Date.now() + delay;
        schedule(delay);
      } else endSubscription();
      set({ error, loading: false, retryAt, live: isLive() });
      if (errorStatus(error) === 401) session.refuse();
    } finally {
      if (request === mine) request = undefined;
    }
  }

  /**
   * Only once there is an answer: a stream is refused whole for one topic that the token has no
   * access to, and who may not fetch may not subscribe.
   */
  function subscribe(): void {
    if (!topic || isIdle()) return;
    unsubscribe ??= session.live.subscribe(topic, { onEvent, onStateChange });
  }

  function endSubscription(): void {
    unsubscribe?.();
    unsubscribe = undefined;
  }

  function onEvent(event: LiveUpdate): void {
    if (event.event === 'reset') {
      refetch();
      return;
    }
    const { data } = state.get();
    const applied = data === undefined ? undefined : applyEvent?.(data, event, params);
    if (!applied) return;
    // An answer under way may include this event or not; only a later one is sure to.
    const refetchIn = request ? 0 : applied.refetchIn;
    set({ data: applied.data ?? data, updatedAt: trueUntil() });
    if (refetchIn !== undefined)
      schedule(Math.max(refetchIn, requestedAt + MIN_INTERVAL - Date.now()));
  }

  function onStateChange(): void {
    const { data, updatedAt } = state.get();
    if (data === undefined) return;
    const live = isLive();
    if (live) cancel();
    schedule(live ? GAP_REFRESH : pace());
    // Until a stream ends every change has been reported.
    set({ live, updatedAt: live ? updatedAt : trueUntil() });
  }

  return {
    state,
    isIdle,
    acquire(user, refresh = DEFAULT_REFRESH) {
      const isFirst = isIdle();
      if (users.get(user) === refresh) return;
      users.set(user, refresh);
      if (isFirst) refetch();
      // The end of a request under way sets the pace.
      else if (!request && !isLive() && !failures) schedule(refresh);
    },
    release(user) {
      users.delete(user);
      session.tidy();
    },
    refetch,
    stop() {
      endSubscription();
      request?.abort();
      cancel();
    },
    wake() {
      const isWell = isLive() && state.get().error === undefined;
      if (!request && (!isWell || due < Date.now())) refetch();
    },
    reset() {
      state.set({ loading: true, live: false, isReset: true });
      refetch();
    },
  };
}
