import type { paths } from '../types.ts';
import { Call } from './call.ts';
import type { CallParams, Core, RequestOptions } from './core.ts';
import { CloudBrainError, InvalidResponseError } from './errors.ts';

/** Fields of every page of a list; some lists have more, such as `count` or `unavailable`. */
export interface PageBody<T = unknown> {
  data: T[];
  /** Pass it to `list({ cursor })` to continue here later; `null` on the last page. */
  nextCursor: string | null;
  /** Pass it to `list({ cursor })` to get the previous page later; `null` on the first page. */
  previousCursor: string | null;
}

type Fetch<Body> = (cursor?: string) => Call<Body>;

/** The way from a page to those around it. */
interface PageLinks<T, Body extends PageBody<T>> {
  /**
   * Whether there is a next page.
   *
   * @example
   * button.disabled = !page.hasNext();
   */
  hasNext(): boolean;
  /**
   * The next page.
   *
   * @throws CloudBrainError on the last page: check `hasNext` first.
   * @example
   * const second = await page.next();
   */
  next(): PagePromise<T, Body>;
  /**
   * Whether there is a previous page.
   *
   * @example
   * back.disabled = !page.hasPrevious();
   */
  hasPrevious(): boolean;
  /**
   * The previous page.
   *
   * @throws CloudBrainError on the first page: check `hasPrevious` first.
   * @example
   * const first = await second.previous();
   */
  previous(): PagePromise<T, Body>;
}

/**
 * A page of a list, with everything that the server returns, and access to the pages around it.
 *
 * @example
 * const page = await cb.conversations.list();
 * show(page.data, page.count);
 * if (page.hasNext()) show((await page.next()).data);
 */
export type Page<T, Body extends PageBody<T> = PageBody<T>> = Readonly<Body> & PageLinks<T, Body>;

/** An older server, or an older version of the API, may leave a cursor out. */
const isCursor = (cursor: string | null | undefined): cursor is string =>
  typeof cursor === 'string';

class Links<T, Body extends PageBody<T>> implements PageLinks<T, Body> {
  readonly #body: Body;
  readonly #fetch: Fetch<Body>;

  constructor(body: Body, fetch: Fetch<Body>) {
    this.#body = body;
    this.#fetch = fetch;
  }

  hasNext(): boolean {
    return isCursor(this.#body.nextCursor);
  }

  next(): PagePromise<T, Body> {
    return this.#go(this.#body.nextCursor, 'last');
  }

  hasPrevious(): boolean {
    return isCursor(this.#body.previousCursor);
  }

  previous(): PagePromise<T, Body> {
    return this.#go(this.#body.previousCursor, 'first');
  }

  #go(cursor: string | null, end: string): PagePromise<T, Body> {
    if (!isCursor(cursor)) throw new CloudBrainError(`This is the ${end} page`);
    return new PagePromise<T, Body>(this.#fetch, cursor);
  }
}

/**
 * A promise of a page that is also an async iterable of every entry from there on.
 *
 * @example
 * for await (const execution of cb.executions.list({ domain })) print(execution.id);
 */
export class PagePromise<T, Body extends PageBody<T> = PageBody<T>>
  extends Call<Page<T, Body>>
  implements AsyncIterable<T>
{
  constructor(fetch: Fetch<Body>, cursor?: string) {
    super(
      fetch(cursor)
        .withResponse()
        .then((answer) => {
          const { data: body, response } = answer;
          // JSON of another service, such as `{"status":"ok"}`.
          if (!Array.isArray((body as Partial<Body> | null)?.data)) {
            const message = "The answer isn't a page of a list: is `baseUrl` right?";
            throw new InvalidResponseError(message, response);
          }
          return { ...answer, data: Object.assign(new Links<T, Body>(body, fetch), body) };
        }),
    );
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let page: Page<T, Body> = await this;
    for (;;) {
      yield* page.data;
      if (!page.hasNext()) return;
      page = await page.next();
    }
  }

  /**
   * The entries from here on as an array. A list may be very long, so the limit is required.
   *
   * @throws TypeError if `limit` isn't a whole number.
   * @example
   * const latest = await cb.executions.list({ status: 'failed' }).toArray({ limit: 500 });
   */
  async toArray({ limit }: { limit: number }): Promise<T[]> {
    if (!Number.isInteger(limit)) {
      // The request is under way; its failure is of no interest any more.
      this.catch(() => {});
      throw new TypeError('toArray() requires `limit`, a whole number');
    }
    const entries: T[] = [];
    for await (const entry of this) if (entries.push(entry) >= limit) break;
    return entries.slice(0, limit);
  }
}

/** What an operation answers, where that is a page. */
type BodyOf<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body extends PageBody } } } };
}
  ? Body
  : never;

/** The operations that answer page by page. */
type ListPath = { [P in keyof paths]: [BodyOf<P>] extends [never] ? never : P }[keyof paths];

type ItemOf<P extends ListPath> = BodyOf<P>['data'][number];

/** A list of an operation: a page of it, or all its entries. */
export type ListOf<P extends ListPath> = PagePromise<ItemOf<P>, BodyOf<P>>;

/** Calls an operation that answers page by page. */
export function list<P extends ListPath>(
  core: Core,
  path: P,
  query: NonNullable<paths[P]['get']['parameters']['query']>,
  options: RequestOptions,
): ListOf<P> {
  return new PagePromise<ItemOf<P>, BodyOf<P>>((cursor = query.cursor) => {
    const params: unknown = { params: { query: { ...query, cursor } } };
    const call: unknown = core.call('get', path, params as CallParams<'get', P>, options);
    return call as Call<BodyOf<P>>;
  });
}
