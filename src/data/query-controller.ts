import type { ReactiveController } from 'lit';
import type { CbBaseElement } from '../element/base-element.ts';
import { connectionOf, refreshOf, type ConnectionSettings } from '../settings/connection.ts';
import type { Query, QueryDefinition } from './query.ts';
import type { Session } from './session.ts';
import { sessionOf } from './shared.ts';
import { IDLE, type QueryState } from './status.ts';

/** The query of an element. */
export interface QueryOptions<P extends object, T> {
  /** The question. */
  define(this: void): QueryDefinition<P, T>;
  /** Its current parameters; undefined for no request. */
  params(this: void): P | undefined;
}

/**
 * Runs a query for an element while it is in the page, and renders it when the data changes.
 * Elements with the same query share one request.
 */
export class QueryController<P extends object, T> implements ReactiveController {
  readonly #host: CbBaseElement;
  readonly #options: QueryOptions<P, T>;
  #question?: string | undefined;
  /** The source of the data: a provider's session, or the address of a server. */
  #origin?: Session | string | undefined;
  #session?: Session | undefined;
  #query?: Query<T> | undefined;
  #release?: (() => void) | undefined;
  /** The state while there is no session. */
  #kept: QueryState<T> = IDLE;

  constructor(host: CbBaseElement, options: QueryOptions<P, T>) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** What is known. */
  get state(): QueryState<T> {
    const state = this.#query?.state.get();
    return state?.data === undefined ? { ...this.#kept, ...state } : state;
  }

  /** The session in use, once there is one; its `client` is the SDK. */
  get session(): Session | undefined {
    return this.#session;
  }

  readonly #render = (): void => this.#host.requestUpdate();

  /** Refetches now. */
  readonly retry = (): void => this.#query?.refetch();

  hostUpdate(): void {
    const params = this.#host.isConnected ? this.#options.params() : undefined;
    const connection = params && connectionOf(this.#host);
    const session = typeof connection === 'object' ? sessionOf(connection) : undefined;
    const question = params && JSON.stringify(params);
    const lost = params && !connection;
    if (question === this.#question && session === this.#session && !lost === !this.#kept.error) {
      // How often may be another now.
      this.#query?.watch(this.#render, refreshOf(this.#host));
      return;
    }
    const origin = (connection as Partial<ConnectionSettings> | undefined)?.baseUrl ?? session;
    // With a new token the same query uses another session: the data stays visible.
    const same = question === this.#question && origin === this.#origin;
    const { data, updatedAt } = same ? this.state : IDLE;
    this.hostDisconnected();
    this.#question = question;
    this.#origin = origin;
    this.#session = session;
    // Neither a provider around the element nor a connection of its own.
    const error = lost ? Object.assign(new Error(), { name: 'NotConnectedError' }) : undefined;
    this.#kept = { ...IDLE, data, updatedAt, error };
    if (!session || !params) return;
    this.#query = session.query(this.#options.define(), params);
    this.#release = this.#query.watch(this.#render, refreshOf(this.#host));
  }

  hostDisconnected(): void {
    this.#release?.();
    this.#release = this.#query = this.#session = this.#question = this.#origin = undefined;
  }
}
