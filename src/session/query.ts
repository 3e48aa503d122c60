import type { LiveUpdate, Topic } from '@cloudbrain/sdk';
import type { Core } from '@cloudbrain/sdk/core';
import { signal } from '../signals.ts';
import { errorStatus, isTransient, type QueryState } from '../status.ts';
import type { Session } from './session.ts';

/** What a live event makes of an answer. */
export interface Applied<T> {
  /** The answer as it is now. */
  data?: T;
  /** What the event can't tell: ask again within so many milliseconds. */
  refetchIn?: number;
}

/** A question to the server, and how its answer is kept current. */
export interface QueryDefinition<P extends object, T> {
  /** The operation; with the parameters it tells one question from another. */
  name: string;
  fetch(core: Core, params: P, signal: AbortSignal): PromiseLike<T>;
  /** The live topic that tells of changes; without one the question is asked again and again. */
  topic?: Topic;
  /** What an event of that topic makes of the answer; undefined where it is not concerned. */
  apply?(data: T, event: LiveUpdate, params: P): Applied<T> | undefined;
}

/** How often a question is asked where nothing is pushed and nobody says how often. */
const DEFAULT_REFRESH = 30_000;
/** Also a pushed answer drifts: a window that slides loses its oldest minutes without an event. */
const LIVE_REFRESH = 5 * 60_000;
/** What happened between the answer and the begin of the stream came through neither. */
const GAP_REFRESH = 10_000;
/** Changes come in bursts: they don't ask more often than this. */
const MIN_INTERVAL = 5_000;
const FIRST_BACKOFF = 2_000;
const MAX_BACKOFF = 60_000;

/** One question, asked once for all who want to know; it runs while somebody watches. */
export class Query<P extends object, T> {
  /** What is known. */
  readonly state = signal<QueryState<T>>({ loading: true, live: false });
  readonly #watchers = new Map<() => void, number>();
  readonly #session: Session;
  readonly #definition: QueryDefinition<P, T>;
  readonly #params: P;
  #unlisten?: (() => void) | undefined;
  #request?: AbortController | undefined;
  #timer?: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;
  #askedAt = 0;
  #failures = 0;

  constructor(session: Session, definition: QueryDefinition<P, T>, params: P) {
    this.#session = session;
    this.#definition = definition;
    this.#params = params;
  }

  /** Whether nobody wants to know any more. */
  get isIdle(): boolean {
    return this.#watchers.size === 0;
  }

  /**
   * Tells of every change; asks every `refresh` milliseconds where nothing is pushed. Returns what
   * ends both.
   */
  watch(tell: () => void, refresh = DEFAULT_REFRESH): () => void {
    this.#watchers.set(tell, refresh);
    if (this.#watchers.size === 1) this.refetch();
    else if (!this.#isLive && !this.#failures) this.#schedule(refresh);
    const unwatch = this.state.watch(tell);
    return () => {
      unwatch();
      this.#watchers.delete(tell);
      this.#session.tidy();
    };
  }

  /** Lets go of everything. */
  stop(): void {
    this.#deafen();
    this.#request?.abort();
    this.#cancel();
  }

  /** Asks now. An answer under way is dropped: it may be older than the reason to ask. */
  refetch(): void {
    if (this.isIdle) return;
    this.#cancel();
    this.#request?.abort();
    this.#request = new AbortController();
    this.#askedAt = Date.now();
    this.state.set({ ...this.state.get(), loading: true });
    void this.#ask(this.#request);
  }

  /** The page is shown, or online, again, or has a new token: asks unless all is well and pushed. */
  wake(): void {
    const isWell = this.#isLive && this.state.get().error === undefined;
    if (!this.#request && (!isWell || this.#due < Date.now())) this.refetch();
  }

  /** Drops what is known: it belonged to somebody else. */
  reset(): void {
    this.state.set({ loading: true, live: false });
    this.refetch();
  }

  async #ask(request: AbortController): Promise<void> {
    try {
      const data = await this.#definition.fetch(this.#session.core, this.#params, request.signal);
      if (this.#request !== request) return;
      this.#failures = 0;
      this.#listen();
      this.state.set({ data, updatedAt: Date.now(), loading: false, live: this.#isLive });
      this.#schedule(this.#pace);
    } catch (error) {
      if (this.#request !== request || request.signal.aborted) return;
      const { retryAt: _, ...state } = this.state.get();
      if (isTransient(error)) {
        const backoff = Math.min(MAX_BACKOFF, FIRST_BACKOFF * 2 ** this.#failures++);
        const delay = backoff * (0.8 + 0.4 * Math.random());
        this.state.set({ ...state, error, loading: false, retryAt: Date.now() + delay });
        this.#schedule(delay);
      } else {
        this.#deafen();
        this.state.set({ ...state, error, loading: false, live: false });
      }
      if (errorStatus(error) === 401) this.#session.refuse();
    } finally {
      if (this.#request === request) this.#request = undefined;
    }
  }

  /**
   * Only once there is an answer: a stream is refused whole for one topic that the token may not
   * hear, and who may not ask may not listen.
   */
  #listen(): void {
    const { topic } = this.#definition;
    if (!topic || this.#unlisten || this.isIdle) return;
    this.#unlisten = this.#session.live.listen(topic, {
      event: (event) => this.#apply(event),
      changed: () => this.#liveChanged(),
    });
  }

  #deafen(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  #apply(event: LiveUpdate): void {
    if (event.event === 'reset') {
      this.refetch();
      return;
    }
    const state = this.state.get();
    if (state.data === undefined) return;
    const applied = this.#definition.apply?.(state.data, event, this.#params);
    if (!applied) return;
    // An answer under way may know of this event or not; only one asked later is sure to.
    const refetchIn = this.#request ? 0 : applied.refetchIn;
    const data = applied.data ?? state.data;
    this.state.set({ ...state, data, updatedAt: Date.now() });
    if (refetchIn !== undefined)
      this.#schedule(Math.max(refetchIn, this.#askedAt + MIN_INTERVAL - Date.now()));
  }

  #liveChanged(): void {
    const state = this.state.get();
    if (state.data === undefined) return;
    const live = this.#isLive;
    if (live) this.#cancel();
    this.#schedule(live ? GAP_REFRESH : this.#pace);
    // Until a stream ends every change has been told.
    const { updatedAt } = state;
    this.state.set({ ...state, live, updatedAt: live ? updatedAt : Date.now() });
  }

  get #isLive(): boolean {
    return this.#unlisten !== undefined && this.#session.live.isOpen;
  }

  get #pace(): number {
    return this.#isLive ? LIVE_REFRESH : Math.min(...this.#watchers.values());
  }

  /** Asks within some milliseconds, once for all who want that. */
  #schedule(delay: number): void {
    const due = Date.now() + delay;
    if (due >= this.#due || this.isIdle) return;
    this.#cancel();
    this.#due = due;
    this.#timer = setTimeout(() => {
      // Nothing is asked while the page is hidden; `wake` sees that the time has come.
      if (!document.hidden) this.refetch();
    }, delay);
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#due = Infinity;
  }
}
