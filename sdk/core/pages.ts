import type { paths } from '../types.ts';
import { Call } from './call.ts';
import type { CallParams, Core, RequestOptions } from './core.ts';
import { CloudBrainError } from './errors.ts';

/** A page as the contract answers it. */
export interface PageBody<T> {
  data: T[];
  nextCursor: string | null;
}

type Fetch<T> = (cursor?: string) => Call<PageBody<T>>;

/**
 * Some entries of a list, and the way to the next ones.
 *
 * @example
 * const page = await cb.executions.list();
 * show(page.data);
 * if (page.hasNext()) show((await page.next()).data);
 */
export class Page<T> {
  readonly data: T[];
  /** Give it to `list({ cursor })` to go on here later; `null` on the last page. */
  readonly nextCursor: string | null;
  readonly #fetch: Fetch<T>;

  constructor(body: PageBody<T>, fetch: Fetch<T>) {
    this.data = body.data;
    this.nextCursor = body.nextCursor;
    this.#fetch = fetch;
  }

  /**
   * Whether there is another page.
   *
   * @example
   * button.disabled = !page.hasNext();
   */
  hasNext(): boolean {
    return this.nextCursor !== null;
  }

  /**
   * The next page.
   *
   * @throws CloudBrainError on the last page: ask {@link hasNext} first.
   * @example
   * const second = await page.next();
   */
  next(): PagePromise<T> {
    if (this.nextCursor === null)
      throw new CloudBrainError('There is no next page: check hasNext() first');
    return new PagePromise(this.#fetch, this.nextCursor);
  }
}

/**
 * A promise of a page that is also an async iterable of every entry from there on.
 *
 * @example
 * for await (const execution of cb.executions.list({ domain })) print(execution.id);
 */
export class PagePromise<T> extends Call<Page<T>> implements AsyncIterable<T> {
  constructor(fetch: Fetch<T>, cursor?: string) {
    super(
      fetch(cursor)
        .withResponse()
        .then((answer) => ({ ...answer, data: new Page(answer.data, fetch) })),
    );
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let page: Page<T> = await this;
    for (;;) {
      yield* page.data;
      if (!page.hasNext()) return;
      page = await page.next();
    }
  }

  /**
   * The entries from here on as an array. A list may be very long, so the limit is not optional.
   *
   * @throws TypeError where `limit` is not a whole number.
   * @example
   * const latest = await cb.executions.list({ status: 'failed' }).toArray({ limit: 500 });
   */
  async toArray({ limit }: { limit: number }): Promise<T[]> {
    if (!Number.isInteger(limit)) {
      // The request is under way: that it fails as well is nobody's concern.
      this.catch(() => {});
      throw new TypeError('toArray() requires `limit`, a whole number');
    }
    const entries: T[] = [];
    for await (const entry of this) if (entries.push(entry) >= limit) break;
    return entries.slice(0, limit);
  }
}

/** The operations that answer page by page. */
type ListPath =
  | '/api/executions'
  | '/api/keys'
  | '/api/conversations'
  | '/api/conversations/search'
  | '/api/conversations/{id}/messages'
  | '/api/stats/users'
  | '/api/cleanup/actions'
  | '/api/admin/sessions'
  | '/api/admin/errors'
  | '/api/admin/audit';

type ItemOf<P extends ListPath> = paths[P]['get'] extends {
  responses: { 200: { content: { 'application/json': PageBody<infer T> } } };
}
  ? T
  : never;

/** Calls an operation that answers page by page. */
export function list<P extends ListPath>(
  core: Core,
  path: P,
  query: NonNullable<paths[P]['get']['parameters']['query']>,
  options: RequestOptions,
): PagePromise<ItemOf<P>> {
  return new PagePromise<ItemOf<P>>((cursor = query.cursor) => {
    const params: unknown = { params: { query: { ...query, cursor } } };
    const call: unknown = core.call('get', path, params as CallParams<'get', P>, options);
    return call as Call<PageBody<ItemOf<P>>>;
  });
}
