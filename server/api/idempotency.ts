import {
  conflict,
  fieldError,
  unprocessable,
  type AnswerHeaders,
  type AnyRequest,
  type AnyResult,
  type Exchange,
} from '../contract/index.ts';
import type { IdempotencyKey, IdempotencyStore } from '../store/idempotency.ts';
import type { Caller } from '../auth/caller.ts';
import { digest } from '../auth/credentials.ts';
import { NotOpened, type Secret, type SecretBox } from '../auth/secret.ts';

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
  readonly #box: SecretBox;
  readonly #now: () => Date;
  /** Those that this process is at; one that comes meanwhile waits for its answer. */
  readonly #running = new Map<string, Promise<unknown>>();

  constructor({ store, secret, now }: IdempotencyOptions) {
    this.#store = store;
    this.#box = secret.box('idempotency');
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
        return this.#again(key, claim.answer);
      case 'busy':
        throw conflict(
          'The first request with this Idempotency-Key is still in progress.',
          'request_in_progress',
        );
      case 'other':
        throw unprocessable(
          'This Idempotency-Key was used for a different request.',
          'idempotency_key_reused',
          [fieldError('header', USED)],
        );
      case 'mine':
        try {
          const result = await run();
          const answer = this.#box.seal(JSON.stringify(result), contextOf(key));
          await this.#store.complete(key, answer);
          return result;
        } catch (error) {
          await this.#store.release(key);
          throw error;
        }
    }
  }

  #again(key: IdempotencyKey, answer: string): AnyResult {
    const text = this.#opened(key, answer);
    const result = JSON.parse(text) as { status: number; headers?: AnswerHeaders };
    return { ...result, headers: { ...result.headers, 'Idempotency-Replayed': 'true' } };
  }

  #opened(key: IdempotencyKey, answer: string): string {
    try {
      return this.#box.open(answer, contextOf(key));
    } catch (error) {
      if (!(error instanceof NotOpened)) throw error;
      throw conflict(
        "The request was carried out, but its response was stored under an earlier secret and can't be read.",
        'answer_lost',
      );
    }
  }
}

const USED = {
  path: 'Idempotency-Key',
  code: 'already_used',
  expected: 'was used for a different request',
} as const;

/** Whose answer it is: nobody else's opens in its place. */
const contextOf = ({ workspaceId, callerId, operation, key }: IdempotencyKey): string[] => [
  workspaceId,
  callerId,
  operation,
  key,
];
