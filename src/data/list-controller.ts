import { QueryController, type QueryHost } from './query-controller.ts';
import type { QueryDefinition } from './query.ts';
import type { Session } from './session.ts';
import type { QueryState } from './status.ts';

/** A page of a list, as every list of the contract has it. */
export interface ListPage<T> {
  data: readonly T[];
  nextCursor: string | null;
  previousCursor: string | null;
}

/** The list of an element. */
export interface ListOptions<P extends object, T> {
  define(this: void): QueryDefinition<P & { cursor?: string }, ListPage<T>>;
  /** The parameters of its scope and size, without a cursor; undefined for no request. */
  params(this: void): P | undefined;
}

/** Some of a list's parameters, of which `undefined` is no filter. */
type Filter<P> = { [K in keyof P]?: P[K] | undefined };

/**
 * A paged list: it keeps the cursor and what the reader filters by. With other parameters, or another
 * filter, it is at its first page again. The old page stays until the new one arrives.
 */
export class ListController<P extends object, T> {
  readonly #host: QueryHost;
  readonly #query: QueryController<P & { cursor?: string }, ListPage<T>>;
  #filter: Filter<P> = {};
  #cursor?: string | undefined;
  /** The parameters that the cursor belongs to. */
  #key = '';

  constructor(host: QueryHost, { define, params }: ListOptions<P, T>) {
    this.#host = host;
    this.#query = new QueryController(host, {
      define,
      params: () => {
        const given = params();
        if (!given) return undefined;
        const all = { ...given, ...this.#filter };
        const key = JSON.stringify(all);
        if (key !== this.#key) this.#cursor = undefined;
        this.#key = key;
        return this.#cursor === undefined ? all : { ...all, cursor: this.#cursor };
      },
    });
  }

  /** What is known of the page. */
  get state(): QueryState<ListPage<T>> {
    return this.#query.state;
  }

  /** The session in use, once there is one. */
  get session(): Session | undefined {
    return this.#query.session;
  }

  /** The page's items; undefined before the first answer. */
  get items(): readonly T[] | undefined {
    return this.state.data?.data;
  }

  /** What the reader filters by. */
  get filter(): Filter<P> {
    return this.#filter;
  }

  get hasPrevious(): boolean {
    return this.#isCurrent && this.state.data?.previousCursor != null;
  }

  get hasNext(): boolean {
    return this.#isCurrent && this.state.data?.nextCursor != null;
  }

  /** Filters by more, or by something else; `undefined` removes a filter. */
  filterBy(change: Filter<P>): void {
    this.#filter = { ...this.#filter, ...change };
    this.#host.requestUpdate();
  }

  /** Shows the page before. */
  readonly previous = (): void => this.#go(this.hasPrevious, 'previousCursor');

  /** Shows the page after. */
  readonly next = (): void => this.#go(this.hasNext, 'nextCursor');

  /** Refetches now. */
  readonly retry = (): void => this.#query.retry();

  /** The cursors of a page that isn't wanted any more lead elsewhere. */
  get #isCurrent(): boolean {
    return !this.state.isPrevious;
  }

  #go(isThere: boolean, link: 'previousCursor' | 'nextCursor'): void {
    if (!isThere) return;
    this.#cursor = this.state.data?.[link] ?? undefined;
    this.#host.requestUpdate();
  }
}
