import { html, nothing, type TemplateResult } from 'lit';
import { SignalController } from '../../src/data/signal-controller.ts';
import type { Overall } from '../../src/data/session.ts';
import type { Status } from '../../src/data/status.ts';
import { CbControl } from '../../src/element/control.ts';
import { formatAge } from '../../src/format/time.ts';
import { translate, type MessageValues } from '../../src/i18n/catalogue.ts';
import { TickController } from '../../src/motion/ticker.ts';
import { messages, type RefreshMessage } from './cb-refresh.messages.ts';
import { styles } from './cb-refresh.styles.ts';

/**
 * @summary How fresh everything in the provider around it is: live, or the age of the oldest data,
 * with a button that refreshes all. One message and one retry for the page when the server fails.
 *
 * @csspart base - The line of controls.
 * @csspart freshness - The live dot, or the age.
 * @csspart refresh - The button.
 *
 * @cssstate fresh - All is live, or has just been updated.
 * @cssstate stale - Something could not be updated.
 * @cssstate error - It is in no provider.
 */
export class CbRefresh extends CbControl {
  static override styles = [...CbControl.styles, styles];
  static override readonly messages = messages;

  readonly #overall = new SignalController(this, () => this.provider?.session?.overall.get());

  constructor() {
    super();
    new TickController(this, () => this.#overall.value && !this.#overall.value.live);
  }

  /** Refreshes all that the provider shows. */
  refreshAll(): void {
    this.provider?.session?.refetchAll();
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override computeStatus(): Status {
    if (this.awaitsProvider) return 'loading';
    if (!this.provider) return 'error';
    return this.#overall.value?.failed ? 'stale' : 'fresh';
  }

  protected override renderContent(): TemplateResult {
    if (this.status === 'error') return html`<span role="alert">${this.#text('alone')}</span>`;
    const overall = this.#overall.value;
    return html`<span part="freshness" class="note ${overall?.live ? 'live' : ''}">
        ${overall ? this.#renderFreshness(overall) : nothing}
      </span>
      <span class="failing" role="status">${overall ? this.#failureText(overall) : nothing}</span>
      <button
        part="refresh"
        class="button"
        type="button"
        aria-disabled=${overall?.loading ?? true}
        @click=${this.#refresh}
      >
        ${this.#text('refresh')}
      </button>`;
  }

  #renderFreshness({ live, updatedAt }: Overall): TemplateResult {
    if (live) return html`<span class="dot" aria-hidden="true"></span>${this.#text('live')}`;
    if (updatedAt === undefined) return html`${this.#text('waiting')}`;
    const age = (locale: string) => formatAge(Date.now() - updatedAt, locale);
    return html`${this.#text('updated', { age })}`;
  }

  #failureText({ failed }: Overall): string {
    return failed > 0 ? this.#text('failing', { n: failed }) : '';
  }

  readonly #refresh = (): void => {
    if (!this.#overall.value?.loading) this.refreshAll();
  };

  readonly #text = (key: RefreshMessage, values?: MessageValues): string =>
    translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-refresh': CbRefresh;
  }
}
