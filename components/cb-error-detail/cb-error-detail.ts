import { html, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { LoggedErrorDetail } from '@cloudbrain/sdk';
import { errorDetail } from '../../src/data/queries/errors.ts';
import { QueryController } from '../../src/data/query-controller.ts';
import { SignalController } from '../../src/data/signal-controller.ts';
import type { Status } from '../../src/data/status.ts';
import { CbElement, type AnyQuery } from '../../src/element/element.ts';
import { translate } from '../../src/i18n/catalogue.ts';
import { renderTime } from '../../src/table/cells.ts';
import { severity } from '../../src/theme/severity.css.ts';
import { renderSeverity } from '../cb-error-log/severity.ts';
import { messages, type ErrorDetailMessage } from './cb-error-detail.messages.ts';
import { styles } from './cb-error-detail.styles.ts';

const FACTS = [
  'domain',
  'user',
  'agent',
  'model',
  'tool',
  'executionId',
  'conversationId',
  'traceId',
] as const;

/**
 * @summary One error with its stack: the one that is open in the provider's `<cb-error-log>`.
 *
 * @slot loading - Replaces the skeleton.
 * @slot empty - Replaces the message for no selected error.
 * @slot error - Replaces the message for failures and missing permissions.
 *
 * @csspart base - The card.
 * @csspart header - Heading and freshness.
 * @csspart heading - The heading.
 * @csspart freshness - The age of data that isn't live.
 * @csspart severity - How serious it is.
 * @csspart message - Its message.
 * @csspart facts - Where it happened.
 * @csspart stack - Its stack.
 * @csspart error-code - The code of a failure.
 * @csspart retry - The button that retries at once.
 *
 * @cssproperty [--cb-error-detail-stack-max-block-size=360px] - Height of the stack at most.
 *
 * @cssstate loading - No data yet.
 * @cssstate fresh - The data is up to date.
 * @cssstate stale - The data is old; its age is shown.
 * @cssstate forbidden - The token has no access to errors.
 * @cssstate empty - No error is selected.
 * @cssstate error - It could not be loaded.
 * @cssstate live - Changes are pushed as they happen.
 *
 * @event cb-error - A request to the server failed.
 */
export class CbErrorDetail extends CbElement {
  static override styles = [CbElement.styles, severity, styles];
  static override readonly messages = messages;

  readonly #error = new QueryController<{ id: string }, LoggedErrorDetail>(this, {
    define: () => errorDetail,
    params: () => (this.#id ? { id: this.#id } : undefined),
  });

  /** The id of an error, instead of the one that is selected in the provider. */
  @property({ attribute: 'error-id', reflect: true }) errorId?: string;

  constructor() {
    super();
    new SignalController(this, () => this.provider?.selection.get('error'));
  }

  protected override get query(): AnyQuery {
    return this.#error;
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override computeStatus(): Status {
    return this.#id ? super.computeStatus() : 'empty';
  }

  protected override renderContent(): TemplateResult {
    const { data } = this.#error.state;
    if (!data) return this.renderSkeleton();
    const { type, message, stack } = data;
    const reader = { locale: this.usedLocale, timeZone: this.settings.timezone };
    return html`<div class="detail">
      <div class="type">
        ${renderSeverity(data.severity, this.#text(data.severity))}<bdi>${type}</bdi>
      </div>
      <p part="message" class=${message === null ? 'note' : 'text'}>
        ${message ?? this.#text('noMessage')}
      </p>
      <dl part="facts">
        <dt>${this.#text('at')}</dt>
        <dd>${renderTime(data.at, reader)}</dd>
        ${FACTS.map((name) => this.#renderFact(name, data[name]))}
      </dl>
      ${
        stack === null
          ? html`<p class="note">${this.#text('noStack')}</p>`
          : html`<pre
              part="stack"
              class="stack"
              tabindex="0"
              role="region"
              dir="ltr"
              aria-label=${this.#text('stack')}
            >
${stack}</pre>`
      }
    </div>`;
  }

  protected override renderSkeleton(): TemplateResult {
    return html`<div class="detail">
      ${Array.from({ length: 5 }, () => html`<div class="skeleton"></div>`)}
    </div>`;
  }

  protected override renderEmpty(): TemplateResult {
    return html`<div>${this.#text('empty')}</div>
      <div class="note">${this.#text('emptyWhy')}</div>`;
  }

  #renderFact(name: (typeof FACTS)[number], value: string | null): TemplateResult | typeof nothing {
    if (value === null) return nothing;
    return html`<dt>${this.#text(name)}</dt>
      <dd><bdi>${value}</bdi></dd>`;
  }

  get #id(): string | undefined {
    return this.errorId || this.provider?.selection.get('error');
  }

  readonly #text = (key: ErrorDetailMessage): string => translate(messages, this.usedLocale, key);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-error-detail': CbErrorDetail;
  }
}
