import type { ReactiveController } from 'lit';
import type { CbElement } from './element.ts';
import type { QueryDefinition } from './session/query.ts';
import type { Session } from './session/session.ts';
import type { QueryWatch } from './session/watch.ts';
import { IDLE, type QueryState } from './status.ts';

/** What an element asks of the server. */
export interface QueryOptions<P extends object, T> {
  /** The question; bring it by `import()` where the element also works without a server. */
  define(): QueryDefinition<P, T> | Promise<QueryDefinition<P, T>>;
  /** Its parameters now; undefined asks nothing. */
  params(): P | undefined;
}

/** Neither a provider around the element nor a connection of its own. */
class NotConnectedError extends Error {
  override name = 'NotConnectedError';
}

/**
 * Asks a question for an element while it is in the page, and renders it when the answer
 * changes. Elements that ask the same share one request. Session and SDK are loaded with the
 * first question, so an element that only shows plain values never pays for them.
 */
export class QueryController<P extends object, T> implements ReactiveController {
  readonly #host: CbElement;
  readonly #options: QueryOptions<P, T>;
  #key?: string | undefined;
  #source?: unknown;
  #watch?: QueryWatch<T> | undefined;
  #pending: QueryState<T> = IDLE;

  constructor(host: CbElement, options: QueryOptions<P, T>) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** What is known. */
  get state(): QueryState<T> {
    const state = this.#watch?.state ?? this.#pending;
    // With a new token the same question goes through another session: show what was known.
    const { data, updatedAt } = this.#pending;
    if (state.data !== undefined || data === undefined || updatedAt === undefined) return state;
    return { ...state, data, updatedAt };
  }

  /** The session that is asked, once there is one: its `client` is the SDK. */
  get session(): Session | undefined {
    return this.#watch?.session;
  }

  /** Asks again, now. */
  retry(): void {
    if (this.#watch) this.#watch.refetch();
    else this.#begin();
  }

  hostUpdate(): void {
    const params = this.#host.isConnected ? this.#options.params() : undefined;
    const key = params && JSON.stringify(params);
    const source = key && this.#host.connection;
    if (key === this.#key && source === this.#source) return;
    this.#pending = { ...IDLE, loading: true, ...(key === this.#key && known(this.state)) };
    this.#key = key;
    this.#source = source;
    this.#begin();
  }

  hostDisconnected(): void {
    this.#watch?.release();
    this.#watch = this.#key = this.#source = undefined;
  }

  #begin(): void {
    this.#watch?.release();
    this.#watch = undefined;
    const key = this.#key;
    const connection = this.#host.connection;
    if (!key) this.#pending = IDLE;
    else if (connection === 'pending') return;
    else if (!connection) this.#fail(new NotConnectedError());
    else {
      void this.#open(key, connection).catch((error: unknown) => {
        if (key === this.#key) this.#fail(error);
      });
    }
  }

  async #open(key: string, source: Connection): Promise<void> {
    const { sessionOf, watchQuery } = await import('./session/index.ts');
    const definition = await this.#options.define();
    if (key !== this.#key || source !== this.#host.connection || this.#watch) return;
    const session = sessionOf(source);
    this.#watch = watchQuery(this.#host, session, definition, JSON.parse(key) as P);
    this.#host.requestUpdate();
  }

  #fail(error: unknown): void {
    this.#pending = { ...this.#pending, loading: false, error };
    this.#host.requestUpdate();
  }
}

/** A provider's session, or where to find a server of one's own. */
export type Connection = Session | ConnectionSettings;

/** Where a server is, and the token to show it. */
export interface ConnectionSettings {
  baseUrl: string;
  token: string;
}

function known<T>({ data, updatedAt }: QueryState<T>): Partial<QueryState<T>> {
  return data === undefined || updatedAt === undefined ? {} : { data, updatedAt };
}
