import {
  LitElement,
  html,
  nothing,
  type CSSResultGroup,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { property } from './decorators.ts';
import { canonicalLocale } from '../format/formatters.ts';
import { languageOf, loadMessages, type Catalogue } from '../i18n/catalogue.ts';
import { closestAround, findProvider, isProvider, type Provider } from '../settings/provider.ts';
import type { Settings } from '../settings/scope.ts';
import type { Status } from '../data/status.ts';
import { base } from '../theme/base.css.ts';
import { tokens } from '../theme/tokens.css.ts';

/** What an element's queries contribute to its frame. */
export interface Frame {
  /** Their state. */
  readonly status: Status;
  /** Whether changes are pushed. */
  readonly live: boolean;
  /** The element whose texts they show. */
  readonly catalogues: readonly Catalogue[];
  /** The live dot, or the age of the data. */
  renderFreshness(): TemplateResult | typeof nothing;
  /** The error, or the missing permission. */
  renderProblem(): TemplateResult | typeof nothing;
}

/**
 * The base of every element, including those that never need a server: the shared attributes, the
 * reader's language, states, and the frame around the content. Elements that use a server extend
 * `CbElement`.
 */
export abstract class CbBaseElement extends LitElement implements Settings {
  static override styles: CSSResultGroup = [tokens, base];

  /** The element's own texts. */
  static readonly messages?: Catalogue;

  /** The domain whose figures are shown; by default all that the token has access to. */
  @property({ reflect: true }) domain?: string;

  /**
   * The period: `today`, `24h`, `7d`, `30d`, `month`, `90d` or `all`, which end now; or
   * `yesterday`, `last-week` or `last-month`, the last complete one. Weeks start on Monday.
   */
  @property({ reflect: true }) timeframe?: string;

  /** The start of the period (RFC 3339), instead of `timeframe`. */
  @property({ reflect: true }) from?: string;

  /** The end of the period (RFC 3339), exclusive. */
  @property({ reflect: true }) to?: string;

  /** Seconds between two requests while no live connection is open. */
  @property({ type: Number, reflect: true }) refresh?: number;

  /** The heading; each element has a default one. */
  @property({ reflect: true }) heading?: string;

  /** The locale of figures and texts; by default the nearest `lang`, otherwise the browser's. */
  @property({ reflect: true }) locale?: string;

  /** `compact` for tighter rows and paddings. */
  @property({ reflect: true }) density?: string;

  /** The server's address, if there is no provider. */
  @property({ attribute: 'base-url' }) baseUrl?: string;

  /** The token for that server. Never reflected. */
  @property() token?: string;

  /** Instead of `token`, a URL of the page's own backend that returns one: `{token, expiresIn}`. */
  @property({ attribute: 'token-url' }) tokenUrl?: string;

  /** The locale in force. */
  usedLocale = 'en';

  readonly #internals = this.attachInternals();
  #around?: HTMLElement | undefined;
  #status: Status = 'loading';

  /** The state of the element; also a custom state, `:state(stale)`. */
  get status(): Status {
    return this.#status;
  }

  /** The provider around, once it is defined. */
  get provider(): Provider | undefined {
    return isProvider(this.#around) ? this.#around : undefined;
  }

  /** Whether there is a provider around it that isn't defined yet. */
  get awaitsProvider(): boolean {
    return this.#around !== undefined && !this.provider;
  }

  /** What its queries contribute; undefined without any. */
  protected get frame(): Frame | undefined {
    return undefined;
  }

  /** The element whose texts it shows. */
  protected get catalogues(): readonly Catalogue[] {
    const { messages } = this.constructor as typeof CbBaseElement;
    return [messages ?? [], this.frame?.catalogues ?? []].flat();
  }

  /** The default heading. */
  protected abstract get defaultHeading(): string;

  override connectedCallback(): void {
    super.connectedCallback();
    const around = (this.#around = findProvider(this));
    if (around)
      void customElements.whenDefined('cb-provider').then(() => {
        if (this.#around !== around) return;
        this.provider?.addDependent(this);
        this.requestUpdate();
      });
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.provider?.removeDependent(this);
    this.#around = undefined;
  }

  /**
   * Waits for the reader's language, so that texts don't change language after the first render.
   */
  protected override scheduleUpdate(): void | Promise<unknown> {
    const language = closestAround(this, (it) => it.hasAttribute('lang'))?.getAttribute('lang');
    this.usedLocale = canonicalLocale(
      this.locale || this.provider?.locale || this.lang || language || navigator.language,
    );
    const texts = this.catalogues.flatMap(
      (catalogue) => loadMessages(catalogue, languageOf(this.usedLocale)) ?? [],
    );
    if (texts.length === 0) return super.scheduleUpdate();
    return Promise.all(texts).then(() => super.scheduleUpdate());
  }

  protected override update(changed: PropertyValues): void {
    const { states } = this.#internals;
    states.clear();
    states.add((this.#status = this.computeStatus()));
    if (this.frame?.live) states.add('live');
    if ((this.density ?? this.provider?.density) === 'compact') states.add('compact');
    super.update(changed);
  }

  /** The state of the element. */
  protected computeStatus(): Status {
    return this.frame?.status ?? 'fresh';
  }

  /** The content, once there is something to show. */
  protected abstract renderContent(): TemplateResult;

  /** A skeleton in the shape of the content. */
  protected abstract renderSkeleton(): TemplateResult;

  /** Why there is nothing to show, and what would appear here. */
  protected abstract renderEmpty(): TemplateResult | typeof nothing;

  /** Buttons beside the heading. */
  protected renderActions(): TemplateResult | typeof nothing {
    return nothing;
  }

  protected override render(): TemplateResult {
    const heading = this.heading || this.defaultHeading;
    const language = languageOf(this.usedLocale);
    return html`<section
      part="base"
      class="base"
      lang=${language}
      dir=${language === 'ar' ? 'rtl' : 'ltr'}
      aria-busy=${this.#status === 'loading'}
      aria-label=${heading || nothing}
    >
      <header part="header" class="header">
        ${heading ? html`<h3 part="heading" class="heading">${heading}</h3>` : nothing}
        ${this.frame?.renderFreshness()}${this.renderActions()}
      </header>
      ${this.#renderBody()}
    </section>`;
  }

  #renderBody(): TemplateResult {
    switch (this.#status) {
      case 'loading':
        return html`<slot name="loading">${this.renderSkeleton()}</slot>`;
      case 'empty':
        return html`<slot name="empty"><div class="message">${this.renderEmpty()}</div></slot>`;
      case 'error':
      case 'forbidden':
        return html`<slot name="error">
          <div class="message">${this.frame?.renderProblem()}</div>
        </slot>`;
      default:
        return this.renderContent();
    }
  }
}
