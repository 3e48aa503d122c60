import {
  LitElement,
  html,
  nothing,
  type CSSResultGroup,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { property } from './decorators.ts';
import { canonicalLocale } from './format/formatters.ts';
import { languageOf, loadMessages, type Catalogue } from './i18n/catalogue.ts';
import { closestAround, findProvider, isProvider, type Provider } from './provider.ts';
import type { Settings } from './scope.ts';
import type { Status } from './status.ts';
import { base } from './theme/base.css.ts';
import { tokens } from './theme/tokens.css.ts';

/** What an element's questions to the server contribute to its frame. */
export interface Frame {
  /** What they are in. */
  readonly status: Status;
  /** Whether changes are pushed. */
  readonly live: boolean;
  /** Whose texts they show. */
  readonly catalogues: readonly Catalogue[];
  /** The live dot, or the age of what is shown. */
  renderFreshness(): TemplateResult | typeof nothing;
  /** What failed, or who may not. */
  renderProblem(): TemplateResult | typeof nothing;
}

/**
 * What every element has, also one that never asks a server: the shared attributes, the reader's
 * language, states, and the frame around the content. Elements that do ask extend `CbElement`.
 */
export abstract class CbBaseElement extends LitElement implements Settings {
  static override styles: CSSResultGroup = [tokens, base];

  /** The element's own texts. */
  static readonly messages?: Catalogue;

  /** The domain whose figures are shown; all that the token may see where left out. */
  @property({ reflect: true }) domain?: string;

  /**
   * The period: `today`, `24h`, `7d`, `30d`, `month`, `90d` or `all`, which end now; or `yesterday`,
   * `last-week` or `last-month`, the whole one before. Weeks start on Monday.
   */
  @property({ reflect: true }) timeframe?: string;

  /** The period's begin (RFC 3339), instead of `timeframe`. */
  @property({ reflect: true }) from?: string;

  /** The period's end (RFC 3339), exclusive. */
  @property({ reflect: true }) to?: string;

  /** Seconds between two questions while nothing is pushed. */
  @property({ type: Number, reflect: true }) refresh?: number;

  /** The heading; where left out, each element has one of its own. */
  @property({ reflect: true }) heading?: string;

  /** The locale of figures and texts; else the nearest `lang`, else the browser's. */
  @property({ reflect: true }) locale?: string;

  /** `compact` for tighter rows and paddings. */
  @property({ reflect: true }) density?: string;

  /** The server's address, where no provider is around. */
  @property({ attribute: 'base-url' }) baseUrl?: string;

  /** The token for that server. Never reflected. */
  @property() token?: string;

  /** Where the page's own backend gives out tokens, instead: answers `{token, expiresIn}`. */
  @property({ attribute: 'token-url' }) tokenUrl?: string;

  /** The locale in force. */
  usedLocale = 'en';

  readonly #internals = this.attachInternals();
  #around?: HTMLElement | undefined;
  #status: Status = 'loading';

  /** What the element is in; also a custom state, `:state(stale)`. */
  get status(): Status {
    return this.#status;
  }

  /** The provider around, once it is defined. */
  get provider(): Provider | undefined {
    return isProvider(this.#around) ? this.#around : undefined;
  }

  /** Whether there is a provider around that is not defined yet. */
  get awaitsProvider(): boolean {
    return this.#around !== undefined && !this.provider;
  }

  /** What its questions to the server contribute; undefined where it has none. */
  protected get frame(): Frame | undefined {
    return undefined;
  }

  /** Whose texts it shows. */
  protected get catalogues(): readonly Catalogue[] {
    const { messages } = this.constructor as typeof CbBaseElement;
    return [messages ?? [], this.frame?.catalogues ?? []].flat();
  }

  /** The heading where the attribute is left out. */
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

  /** Waits for the reader's language, so that no text shows in one and then in another. */
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

  /** Which state the element is in. */
  protected computeStatus(): Status {
    return this.frame?.status ?? 'fresh';
  }

  /** The content, once there is something to show. */
  protected abstract renderContent(): TemplateResult;

  /** Something of the shape of the content to come. */
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
