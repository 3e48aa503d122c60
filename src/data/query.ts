import type { LiveUpdate, Topic } from '@cloudbrain/sdk';
import { backoff, type Core } from '@cloudbrain/sdk/core';
import { signal, type Signal } from './signals.ts';
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
/** What happened between the answer and the begin of the stream came through neither. */
const GAP_REFRESH = 10_000;
/** Changes come in bursts: the minimum time between refetches. */
const MIN_INTERVAL = 5_000;
const MIN_BACKOFF = 2_000;
const MAX_BACKOFF = 60_000;

/** A query shared by all its watchers; it runs while there are any. */
export interface Query<T> {
  readonly state: Signal<QueryState<T>>;
  isIdle(): boolean;
  /** Starts the query if it isn't running; with another `refresh`, only changes the interval. */
  watch(tell: () => void, refresh?: number): () => void;
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
  const watchers = new Map<() => void, number>();
  let unlisten: (() => void) | undefined;
  let request: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = Infinity;
  let askedAt = 0;
  let failures = 0;

  const isIdle = () => watchers.size === 0;
  const isLive = () => unlisten !== undefined && session.live.isOpen();
  const pace = () => (isLive() ? LIVE_REFRESH : Math.min(...watchers.values()));
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
      // Nothing is asked while the page is hidden; `wake` sees that the time has come.
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
    askedAt = Date.now();
    set({ loading: true });
    void ask(request);
  }

  async function ask(mine: AbortController): Promise<void> {
    try {
      const data = await fetch(session.core, params, mine.signal);
      if (request !== mine) return;
      failures = 0;
      listen();
      state.set({ data, updatedAt: Date.now(), loading: false, live: isLive() });
      schedule(pace());
    } catch (error) {
      if (request !== mine || mine.signal.aborted) return;
      let retryAt: number | undefined;
      if (isTransient(error)) {
        const delay = backoff(failures++, MIN_BACKOFF, MAX_BACKOFF);
        retryAt = Date.now() + delay;
        schedule(delay);
      } else deafen();
      set({ error, loading: false, retryAt, live: isLive() });
      if (errorStatus(error) === 401) session.refuse();
    } finally {
      if (request === mine) request = undefined;
    }
  }

  /**
   * Only once there is an answer: a stream is refused whole for one topic that the token may not
   * hear, and who may not ask may not listen.
   */
  function listen(): void {
    if (!topic || isIdle()) return;
    unlisten ??= session.live.listen(topic, { event: hear, changed });
  }

  function deafen(): void {
    unlisten?.();
    unlisten = undefined;
  }

  function hear(event: LiveUpdate): void {
    if (event.event === 'reset') {
      refetch();
      return;
    }
    const { data } = state.get();
    const applied = data === undefined ? undefined : applyEvent?.(data, event, params);
    if (!applied) return;
    // An answer under way may know of this event or not; only one asked later is sure to.
    const refetchIn = request ? 0 : applied.refetchIn;
    set({ data: applied.data ?? data, updatedAt: trueUntil() });
    if (refetchIn !== undefined) schedule(Math.max(refetchIn, askedAt + MIN_INTERVAL - Date.now()));
  }

  function changed(): void {
    const { data, updatedAt } = state.get();
    if (data === undefined) return;
    const live = isLive();
    if (live) cancel();
    schedule(live ? GAP_REFRESH : pace());
    // Until a stream ends every change has been told.
    set({ live, updatedAt: live ? updatedAt : trueUntil() });
  }

  return {
    state,
    isIdle,
    watch(tell, refresh = DEFAULT_REFRESH) {
      const isFirst = isIdle();
      watchers.set(tell, refresh);
      if (isFirst) refetch();
      // The end of a question under way sets the pace.
      else if (!request && !isLive() && !failures) schedule(refresh);
      const unwatch = state.watch(tell);
      return () => {
        unwatch();
        watchers.delete(tell);
        session.tidy();
      };
    },
    refetch,
    stop() {
      deafen();
      request?.abort();
      cancel();
    },
    wake() {
      const isWell = isLive() && state.get().error === undefined;
      if (!request && (!isWell || due < Date.now())) refetch();
    },
    reset() {
      state.set({ loading: true, live: false });
      refetch();
    },
  };
}
