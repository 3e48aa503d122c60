import { html, nothing, type ReactiveController, type TemplateResult } from 'lit';
import type { CbBaseElement, Frame } from './base-element.ts';
import { refreshOf } from './connection.ts';
import { CbErrorEvent } from './events.ts';
import { formatAge } from './format/time.ts';
import { languageOf, loadMessages, translate } from './i18n/catalogue.ts';
import { freshnessMessages } from './i18n/freshness.ts';
import type { QueryController } from './query-controller.ts';
import type * as ProblemView from './problem-view.ts';
import { errorStatus, type Status } from './status.ts';
import { adoptStyles } from './theme/adopt.ts';
import { TickController } from './ticker.ts';

/** A query of any element, as far as its frame looks at it. */
export type AnyQuery = Pick<QueryController<never, unknown>, 'state' | 'retry'>;

/** An answer older than this is stale where nothing is pushed. */
const STALE_AFTER = 60_000;
/** A moment's silence after an answer: most turn live within it, and nothing flickers. */
const AGE_SHOWN_AFTER = 3_000;

/** What a query contributes to its element's frame: state, freshness, and what went wrong. */
export class QueryFrame implements Frame, ReactiveController {
  readonly #host: CbBaseElement;
  readonly #query: () => AnyQuery;
  readonly #assess: (data: unknown) => Status;
  #view?: typeof ProblemView | Promise<void>;
  #told?: unknown;

  /**
   * @param query the one that the element's state follows
   * @param assess what an answer that is up to date amounts to
   */
  constructor(host: CbBaseElement, query: () => AnyQuery, assess: (data: unknown) => Status) {
    this.#host = host;
    this.#query = query;
    this.#assess = assess;
    host.addController(this);
    new TickController(host, () => {
      const { updatedAt, retryAt, live } = query().state;
      return retryAt !== undefined || (updatedAt !== undefined && !live);
    });
  }

  get live(): boolean {
    return this.#query().state.live;
  }

  get status(): Status {
    const { data, error, live, updatedAt = 0 } = this.#query().state;
    const code = errorStatus(error);
    // A token that ends is replaced before long; until then what is shown may stay.
    if (code === 403 || (code === 401 && data === undefined)) return 'forbidden';
    if (data === undefined) return error === undefined ? 'loading' : 'error';
    const patience = Math.max(STALE_AFTER, 2 * (refreshOf(this.#host) ?? 0));
    if (error !== undefined || (!live && Date.now() - updatedAt > patience)) return 'stale';
    return this.#assess(data);
  }

  renderFreshness(): TemplateResult | typeof nothing {
    const { updatedAt, live } = this.#query().state;
    const { status, usedLocale } = this.#host;
    const age = Date.now() - (updatedAt ?? Infinity);
    const isLive = live && status !== 'stale';
    if (!isLive && !(age >= AGE_SHOWN_AFTER)) return nothing;
    const text = translate(freshnessMessages, usedLocale, isLive ? 'live' : 'old', {
      age: isLive ? '' : formatAge(age, usedLocale),
    });
    return html`<span part="freshness" class="note chip ${isLive ? 'live' : status}"
      >${text}</span
    >`;
  }

  renderProblem(): TemplateResult | typeof nothing {
    this.#view ??= this.#load();
    if (this.#view instanceof Promise) return nothing;
    const query = this.#query();
    return this.#view.renderProblem({
      state: query.state,
      forbidden: this.#host.status === 'forbidden',
      locale: this.#host.usedLocale,
      retry: () => query.retry(),
    });
  }

  /** Tells each failure once. */
  hostUpdated(): void {
    const { error } = this.#query().state;
    if (error === this.#told) return;
    this.#told = error;
    if (error !== undefined) this.#host.dispatchEvent(new CbErrorEvent(error));
  }

  /** Most elements never have a problem: what shows it is loaded with the first. */
  async #load(): Promise<void> {
    const view = await import('./problem-view.ts');
    await loadMessages(view.messages, languageOf(this.#host.usedLocale));
    adoptStyles(this.#host, ...view.styles);
    this.#view = view;
    this.#host.requestUpdate();
  }
}
