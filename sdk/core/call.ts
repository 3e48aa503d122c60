/** The data of an answer, with its head. */
export interface WithResponse<T> {
  data: T;
  response: Response;
  /** Id of the request in the server's log. */
  requestId: string | undefined;
}

/**
 * A call under way: a promise of the answer's data.
 *
 * @example
 * const me = await cb.auth.me();
 */
export class Call<T> implements Promise<T> {
  readonly #answer: Promise<WithResponse<T>>;
  declare readonly [Symbol.toStringTag]: string;

  constructor(answer: Promise<WithResponse<T>>) {
    this.#answer = answer;
  }

  /**
   * The answer with its headers and request id.
   *
   * @example
   * const { data, response, requestId } = await cb.auth.me().withResponse();
   */
  withResponse(): Promise<WithResponse<T>> {
    return this.#answer;
  }

  then<A = T, B = never>(
    fulfilled?: ((data: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#answer.then(({ data }) => data).then(fulfilled, rejected);
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(null, rejected);
  }

  finally(settled?: (() => void) | null): Promise<T> {
    return this.then().finally(settled);
  }
}
