import { Task, TaskStatus } from '@lit/task';
import { html, type TemplateResult } from 'lit';
import { isTransient } from '../data/status.ts';
import { baseMessages } from '../i18n/base.ts';
import { translate } from '../i18n/catalogue.ts';
import type { CbBaseElement } from './base-element.ts';
import { CbErrorEvent } from './events.ts';
import { describeError } from './problem.ts';

/** Passed to what an action calls. */
export interface ActionCall {
  /** The same for each attempt of one change, so that the server makes it once. */
  idempotencyKey: string;
  signal: AbortSignal;
}

/** A change that a reader makes. */
export interface ActionOptions<A, R> {
  /** Makes the change. */
  run(this: void, argument: A, call: ActionCall): PromiseLike<R>;
  /** It is made. */
  done?(this: void, result: R): void;
  /** What a screen reader announces once it is made. */
  announce?(this: void, result: R): string;
}

/**
 * The one way to change something: whether it is under way, why it failed, another attempt, and an
 * announcement. One attempt at a time: a second press does nothing.
 */
export class ActionController<A, R> {
  /** The texts that the element has to load. */
  readonly catalogues = [baseMessages];

  readonly #host: CbBaseElement;
  readonly #task: Task<[A, string], R>;
  #last?: { argument: A; key: string } | undefined;
  #isReset = true;
  readonly #announce?: ((result: R) => string) | undefined;

  constructor(host: CbBaseElement, { run, done, announce }: ActionOptions<A, R>) {
    this.#host = host;
    this.#announce = announce;
    this.#task = new Task<[A, string], R>(host, {
      autoRun: false,
      task: ([argument, idempotencyKey], { signal }) =>
        Promise.resolve(run(argument, { idempotencyKey, signal })),
      onComplete: (result) => {
        this.#last = undefined;
        done?.(result);
      },
      onError: (error) => {
        // The server has seen and rejected it: another attempt is another change.
        if (!isTransient(error)) this.#last = undefined;
        host.dispatchEvent(new CbErrorEvent(error));
      },
    });
  }

  /** Whether it is under way. */
  get isPending(): boolean {
    return this.#task.status === TaskStatus.PENDING;
  }

  /** Why the last attempt failed. */
  get error(): unknown {
    return this.#isReset || this.#task.status !== TaskStatus.ERROR ? undefined : this.#task.error;
  }

  /** What the last attempt returned. */
  get result(): R | undefined {
    return this.#isReset || this.#task.status !== TaskStatus.COMPLETE
      ? undefined
      : this.#task.value;
  }

  /** Why it failed, in words; empty if it didn't. */
  get problem(): string {
    if (this.error === undefined) return '';
    const { message, detail } = describeError(this.error);
    return detail ?? translate(baseMessages, this.#host.usedLocale, message);
  }

  /** Makes the change, unless it is under way. Never rejects: `error` has why it failed. */
  async run(argument: A): Promise<void> {
    if (this.isPending) return;
    const isSame = JSON.stringify(this.#last?.argument) === JSON.stringify(argument);
    const key = (isSame && this.#last?.key) || uniqueKey();
    this.#last = { argument, key };
    this.#isReset = false;
    await this.#task.run([argument, key]);
  }

  /** Another attempt of a change that failed. */
  readonly retry = (): void => {
    if (this.#last) void this.run(this.#last.argument);
  };

  /** Forgets how the last attempt ended. */
  reset(): void {
    this.#isReset = true;
    this.#host.requestUpdate();
  }

  /** The announcement of its result. */
  renderStatus(): TemplateResult {
    const { result } = this;
    const text = result === undefined ? '' : this.#announce?.(result);
    return html`<div class="hidden" role="status">${text}</div>`;
  }
}

/** `randomUUID` is missing in pages without TLS. */
const uniqueKey = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-');
