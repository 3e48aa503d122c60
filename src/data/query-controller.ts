import { computed, signal, type Signal } from '@lit-labs/signals';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { SignalController } from './signal-controller.ts';
import type { Query, QueryDefinition } from './query.ts';
import type { Session } from './session.ts';
import { IDLE, type QueryState } from './status.ts';

/** Where an element's queries go. */
export interface QueryHost extends ReactiveControllerHost {
  readonly isConnected: boolean;
  /**
   * The session, and what identifies its server and account: with the same `origin` another session
   * has the same data. `'pending'` until the provider around has one; undefined without any.
   */
  readonly source: Source | 'pending' | undefined;
  /** Milliseconds between two requests without a live connection; undefined for the default. */
  readonly refreshMs: number | undefined;
}

/** A session, and what it has in common with those that have the same data. */
export interface Source {
  session: Session;
  origin: unknown;
}

/** The query of an element. */
export interface QueryOptions<P extends object, T> {
  define(this: void): QueryDefinition<P, T>;
  /** Its current parameters; undefined for no request. */
  params(this: void): P | undefined;
}

/** What a controller shows, and the parameters that it is the answer for. */
interface Shown<P, T> {
  query?: Query<T> | undefined;
  params?: P | undefined;
  /** Shown until the query has an answer. */
  kept: QueryState<T>;
  /** The parameters that `kept` is the answer for. */
  keptParams?: P | undefined;
}

/**
 * Runs a query for an element while it is in the page, and renders it when the data changes.
 * Elements with the same query share one request. With other parameters the old data stays until
 * the new arrives; `state.isPrevious` says so.
 */
export class QueryController<P extends object, T> implements ReactiveController {
  readonly #host: QueryHost;
  readonly #options: QueryOptions<P, T>;
  readonly #shown = signal<Shown<P, T>>({ kept: IDLE });
  #key?: string | undefined;
  #origin?: unknown;
  #session?: Session | undefined;

  /** What is known, as a signal: a host's own `computed` can follow it. */
  readonly signal: Signal.Computed<QueryState<T>> = computed(() => {
    const { query, kept } = this.#shown.get();
    const state = query?.state.get();
    if (!state) return kept;
    if (state.data !== undefined || state.isReset) return state;
    // Old data isn't an answer to a question that failed.
    return state.error === undefined || !kept.isPrevious ? { ...kept, ...state } : state;
  });

  constructor(host: QueryHost, options: QueryOptions<P, T>) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
    new SignalController(host, () => this.signal.get());
  }

  /** What is known. */
  get state(): QueryState<T> {
    return this.signal.get();
  }

  /** The parameters that the data is the answer for. */
  get params(): P | undefined {
    const { params, keptParams } = this.#shown.get();
    return this.state.isPrevious ? keptParams : params;
  }

  /** The session in use, once there is one; its `core` is the SDK. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Refetches now. */
  readonly retry = (): void => this.#shown.get().query?.refetch();

  hostUpdate(): void {
    const { source, refreshMs, isConnected } = this.#host;
    const params = isConnected ? this.#options.params() : undefined;
    const { session, origin } = params && typeof source === 'object' ? source : {};
    const key = params && JSON.stringify(params);
    const isLost = params !== undefined && source === undefined;
    const before = this.#shown.get();
    if (key === this.#key && session === this.#session && isLost === isUnconnected(before)) {
      before.query?.acquire(this, refreshMs);
      return;
    }
    const kept = this.#keep(key, origin);
    const keptParams = this.params;
    this.#release();
    this.#key = key;
    this.#origin = origin;
    this.#session = session;
    const query = session && params && session.query(this.#options.define(), params);
    this.#shown.set({ query, params, keptParams, kept: isLost ? UNCONNECTED : kept });
    query?.acquire(this, refreshMs);
  }

  hostDisconnected(): void {
    this.#release();
    this.#key = this.#origin = this.#session = undefined;
    this.#shown.set({ kept: IDLE });
  }

  /** What stays visible until there is an answer. */
  #keep(key: string | undefined, origin: unknown): QueryState<T> {
    // Another server, or another account's session, has other data.
    if (key === undefined || origin === undefined || origin !== this.#origin) return IDLE;
    const { data, updatedAt, isPrevious } = this.state;
    if (data === undefined) return IDLE;
    // With a new token the same query has another session.
    const isOther = key !== this.#key || isPrevious;
    return { ...IDLE, data, updatedAt, ...(isOther && { isPrevious: true }) };
  }

  #release(): void {
    this.#shown.get().query?.release(this);
  }
}

/** Neither a provider around the element nor a connection of its own. */
const UNCONNECTED: QueryState<never> = {
  ...IDLE,
  error: Object.assign(new Error('Not connected'), { name: 'NotConnectedError' }),
};

const isUnconnected = ({ kept }: { kept: QueryState<unknown> }): boolean => kept === UNCONNECTED;
