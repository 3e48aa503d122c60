import { computed, type Signal } from '@lit-labs/signals';
import {
  LitElement,
  html,
  nothing,
  type CSSResultGroup,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { property } from 'lit/decorators.js';
import { IDLE, type QueryState, type Status } from '../data/status.ts';
import { canonicalLocale } from '../format/formatters.ts';
import { textsFor, type Catalogue } from '../i18n/catalogue.ts';
import { directionOf, languageOf } from '../i18n/languages.ts';
import { closestAround, type Provider } from '../settings/provider.ts';
import { ProviderController } from '../settings/provider-controller.ts';
import { withInherited, type Settings } from '../settings/scope.ts';
import { restoreStyles } from '../theme/adopt.ts';
import { base } from '../theme/base.css.ts';
import { tokens } from '../theme/tokens.css.ts';

/** What an element's queries contribute to its frame. */
export interface Frame {
  /** What is known of the query that the element's state follows. */
  readonly state: QueryState<unknown>;
  readonly status: Status;
  /** The element whose texts they show. */
  readonly catalogues: readonly Catalogue[];
  /** The age of data that isn't live. */
  renderFreshness(): TemplateResult | typeof nothing;
  /** The error, or the missing permission. */
  renderProblem(): TemplateResult | typeof nothing;
}

/** Levels of headings in HTML. */
const LEVELS = { min: 1, max: 6, usual: 3 };

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

  /** The time zone of days and clocks, such as `Europe/Berlin`; the reader's own by default. */
  @property({ reflect: true }) timezone?: string;

  /** Seconds between two requests while no live connection is open. */
  @property({ type: Number, reflect: true }) refresh?: number;

  /** The heading; each element has a default one. */
  @property({ reflect: true }) heading?: string;

  /** The level of the heading in the page's outline: 1 to 6, 3 by default. */
  @property({ type: Number, reflect: true, attribute: 'heading-level' }) headingLevel?: number;

  /** The locale of figures and texts; by default the nearest `lang`, otherwise the browser's. */
  @property({ reflect: true }) locale?: string;

  /** `compact` for tighter rows and paddings. */
  @property({ reflect: true }) density?: string;

  /** Hides the element from readers whose role has no access to what it shows. */
  @property({ type: Boolean, reflect: true, attribute: 'hide-when-forbidden' })
  hideWhenForbidden = false;

  /** The server's address, if there is no provider. */
  @property({ attribute: 'base-url' }) baseUrl?: string;

  /** The token for that server. Never reflected. */
  @property() token?: string;

  /** Instead of `token`, a URL of the page's own backend that returns one: `{token, expiresIn}`. */
  @property({ attribute: 'token-url' }) tokenUrl?: string;

  /** The locale in force. */
  usedLocale = 'en';

  /**
   * What is known of the query that the element shows, as a TC39 signal: a page's own `computed` can
   * follow it. `data` is the server's answer, with the events since.
   */
  readonly queryState: Signal.Computed<QueryState<unknown>> = computed(
    () => this.frame?.state ?? IDLE,
  );

  readonly #around = new ProviderController(this);
  readonly #internals = this.attachInternals();
  #status: Status = 'loading';

  /** The state of the element; also a custom state, `:state(stale)`. */
  get status(): Status {
    return this.#status;
  }

  /** The provider around, once it is defined. */
  get provider(): Provider | undefined {
    return this.#around.provider;
  }

  /** Whether there is a provider around it that isn't defined yet. */
  get awaitsProvider(): boolean {
    return this.#around.isPending;
  }

  /** Its settings, and its provider's for those that it omits. */
  get settings(): Settings {
    return withInherited(this, this.provider?.settings.get());
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
    this.requestUpdate();
  }

  /** In another document its styles have to be adopted anew. */
  adoptedCallback(): void {
    if (this.hasUpdated) restoreStyles(this);
  }

  /**
   * Waits for the reader's language, so that texts don't change language after the first render.
   */
  protected override scheduleUpdate(): void | Promise<unknown> {
    const language = closestAround(this, (it) => it.hasAttribute('lang'))?.getAttribute('lang');
    this.usedLocale = canonicalLocale(
      this.settings.locale || this.lang || language || navigator.language,
    );
    const texts = textsFor(this.catalogues, this.usedLocale);
    if (!texts) return super.scheduleUpdate();
    return texts.then(() => super.scheduleUpdate());
  }

  protected override update(changed: PropertyValues): void {
    const { states } = this.#internals;
    const { live, isPrevious } = this.frame?.state ?? IDLE;
    this.#status = this.computeStatus();
    states.clear();
    states.add(this.#status);
    if (live) states.add('live');
    if (isPrevious) states.add('updating');
    if (this.settings.density === 'compact') states.add('compact');
    if (this.hideWhenForbidden && this.#status === 'forbidden') states.add('hidden');
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

  /** What stands before the heading. */
  protected renderIcon(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** Buttons beside the heading. */
  protected renderActions(): TemplateResult | typeof nothing {
    return nothing;
  }

  protected override render(): TemplateResult {
    const heading = this.heading || this.defaultHeading;
    return html`<div
      part="base"
      class="base"
      role="group"
      lang=${languageOf(this.usedLocale)}
      dir=${directionOf(this.usedLocale)}
      aria-busy=${this.#status === 'loading' || this.frame?.state.isPrevious === true}
      aria-label=${heading || nothing}
    >
      <header part="header" class="header">
        ${this.renderIcon()}${heading ? this.#renderHeading(heading) : nothing}
        ${this.frame?.renderFreshness()}${this.renderActions()}
      </header>
      ${this.#renderBody()}
    </div>`;
  }

  #renderHeading(heading: string): TemplateResult {
    const level = Math.trunc(this.headingLevel ?? LEVELS.usual);
    const isLevel = level >= LEVELS.min && level <= LEVELS.max;
    return html`<div
      part="heading"
      class="heading"
      role="heading"
      aria-level=${isLevel ? level : LEVELS.usual}
    >
      ${heading}
    </div>`;
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
