import { html, nothing, type ReactiveController, type TemplateResult } from 'lit';
import { Announcer } from '../a11y/announcer.ts';
import type { CbBaseElement } from '../element/base-element.ts';
import { translate } from '../i18n/catalogue.ts';
import { countNew } from './count-new.ts';
import { tableMessages, type TranslateTable } from './messages.ts';

/** The rows of an element, as they change. */
export interface LiveRowsOptions<T> {
  /** The newest first; undefined before the first answer. */
  arrived(this: void): readonly T[] | undefined;
  /** Whether they are the answer for other parameters, shown until the new one arrives. */
  isPrevious(this: void): boolean;
  key(this: void, item: T): string;
  /** The most rows that it has. */
  limit(this: void): number;
  /** Announces rows that were added, such as `2 new executions`. */
  announce(this: void, n: number): string;
}

/** An element whose rows can be paused. */
interface LiveHost extends CbBaseElement {
  paused: boolean;
}

/** Rows that change as things happen, until the reader pauses them. */
export class LiveRows<T> implements ReactiveController {
  readonly #host: LiveHost;
  readonly #options: LiveRowsOptions<T>;
  readonly #news: Announcer;
  /** The rows of a pause. */
  #held?: readonly T[] | undefined;
  /** Keys of the rows before; undefined before the first answer. */
  #known?: ReadonlySet<string> | undefined;

  constructor(host: LiveHost, options: LiveRowsOptions<T>) {
    this.#host = host;
    this.#options = options;
    this.#news = new Announcer(host);
    host.addController(this);
  }

  /** The rows to show. */
  get rows(): readonly T[] {
    return this.#held ?? this.#options.arrived() ?? [];
  }

  /** Whether there were rows before: others slide in. */
  get isSettled(): boolean {
    return this.#known !== undefined;
  }

  hostUpdate(): void {
    const { arrived, isPrevious } = this.#options;
    // Rows of other parameters aren't held.
    const rows = isPrevious() ? undefined : arrived();
    this.#held = this.#host.paused && rows ? (this.#held ?? rows) : undefined;
  }

  hostUpdated(): void {
    const { arrived, isPrevious, key } = this.#options;
    const { rows } = this;
    if (this.#known) this.#news.add(countNew(rows, this.#known, key));
    const isKnown = arrived() !== undefined && !isPrevious();
    this.#known = isKnown ? new Set(rows.map(key)) : undefined;
  }

  hostDisconnected(): void {
    this.#held = this.#known = undefined;
  }

  /** The button that pauses and resumes, with the number of rows that have arrived meanwhile. */
  renderPause(): TemplateResult | typeof nothing {
    const host = this.#host;
    if (host.status === 'error' || host.status === 'forbidden') return nothing;
    const n = this.#behind;
    // If all rows are new, others may already have left the list.
    const resume = n < this.#options.limit() ? 'resumeNew' : 'resumeMore';
    return html`<button
      part="pause"
      class="button"
      type="button"
      ?disabled=${host.status === 'loading'}
      @click=${() => (host.paused = !host.paused)}
    >
      ${this.#text(host.paused ? (n ? resume : 'resume') : 'pause', { n })}
    </button>`;
  }

  /** What a screen reader announces. */
  renderNews(): TemplateResult {
    const n = this.#news.count;
    return html`<div class="hidden" role="status">
      ${n > 0 ? this.#options.announce(n) : nothing}
    </div>`;
  }

  /** How many arrived during a pause. */
  get #behind(): number {
    const { arrived, key } = this.#options;
    return this.#held ? countNew(arrived() ?? [], new Set(this.#held.map(key)), key) : 0;
  }

  readonly #text: TranslateTable = (key, values) =>
    translate(tableMessages, this.#host.usedLocale, key, values);
}
