import {
  conflict,
  unprocessable,
  type AnswerHeaders,
  type AnyRequest,
  type AnyResult,
  type Exchange,
} from '../contract/index.ts';
import type { IdempotencyKey, IdempotencyStore } from '../store/idempotency.ts';
import type { Caller } from '../auth/caller.ts';
import { digest } from '../auth/credentials.ts';
import type { Secret } from '../auth/secret.ts';

export interface IdempotencyOptions {
  store: IdempotencyStore;
  /** Seals the answers that are kept: one may be a token. */
  secret: Secret;
  now: () => Date;
}

type Call = AnyRequest & { caller: Caller | null };

/** Runs a handler once for all requests with the same `Idempotency-Key`, for 24 hours. */
export class Idempotency {
  readonly #store: IdempotencyStore;
  readonly #secret: Secret;
  readonly #now: () => Date;
  /** Those that this process is at; one that comes meanwhile waits for its answer. */
  readonly #running = new Map<string, Promise<unknown>>();

  constructor({ store, secret, now }: IdempotencyOptions) {
    this.#store = store;
    this.#secret = secret;
    this.#now = now;
  }

  /** @throws Problem 422 where the key was used for another body, 409 where another replica is at it */
  async perform(
    { operation }: Exchange,
    { caller, params, body }: Call,
    run: () => Promise<AnyResult>,
  ): Promise<AnyResult> {
    const key = params.header['Idempotency-Key'];
    if (typeof key !== 'string' || !caller) return run();
    const claim: IdempotencyKey = {
      workspaceId: caller.workspace.id,
      callerId: caller.id,
      operation: operation.id,
      key,
      bodyHash: digest(JSON.stringify([params.path, params.query, body])),
    };
    const name = JSON.stringify([claim.workspaceId, claim.callerId, claim.operation, key]);
    while (this.#running.has(name)) await this.#running.get(name);
    const work = this.#once(claim, run);
    // Whoever waits wants to know that it is over, not how it went.
    const over = work.then(
      () => this.#running.delete(name),
      () => this.#running.delete(name),
    );
    this.#running.set(name, over);
    return work;
  }

  async #once(key: IdempotencyKey, run: () => Promise<AnyResult>): Promise<AnyResult> {
    const claim = await this.#store.claim(key, this.#now());
    switch (claim.state) {
      case 'done':
        return this.#again(claim.answer);
      case 'busy':
        throw conflict('The same request is being answered right now.');
      case 'other':
        throw unprocessable('This Idempotency-Key was used for another request.', [
          { in: 'header', path: 'Idempotency-Key', message: 'was used for another request' },
        ]);
      case 'mine':
        try {
          const result = await run();
          await this.#store.complete(key, this.#secret.seal(JSON.stringify(result)));
          return result;
        } catch (error) {
          await this.#store.release(key);
          throw error;
        }
    }
  }

  #again(answer: string): AnyResult {
    const result = JSON.parse(this.#opened(answer)) as { status: number; headers?: AnswerHeaders };
    return { ...result, headers: { ...result.headers, 'Idempotency-Replayed': 'true' } };
  }

  #opened(answer: string): string {
    try {
      return this.#secret.open(answer);
    } catch {
      throw conflict('It has been done, but its answer was kept under an earlier secret.');
    }
  }
}
