import {
  LitElement,
  html,
  nothing,
  type CSSResultGroup,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { property } from 'lit/decorators.js';
import { CbErrorEvent } from './events.ts';
import { canonicalLocale } from './format/formatters.ts';
import {
  renderError,
  renderForbidden,
  renderFreshness,
  type BaseTranslate,
  type FrameContext,
} from './frame.ts';
import { baseMessages } from './i18n/base.ts';
import { languageOf, loadMessages, translate, type Catalogue } from './i18n/catalogue.ts';
import { closestAround, findProvider, isProvider, type Provider } from './provider.ts';
import type { Connection, ConnectionSettings, QueryController } from './query-controller.ts';
import { scopeOf, type Scope, type Settings } from './scope.ts';
import { errorStatus, IDLE, STATUSES, type QueryState, type Status } from './status.ts';
import { base } from './theme/base.css.ts';
import { button } from './theme/button.css.ts';
import { tokens } from './theme/tokens.css.ts';
import { TickController } from './ticker.ts';

/** What a query that was last answered longer ago than this is, where nothing is pushed: stale. */
const STALE_AFTER = 60_000;

/** A query of any element, as far as its frame looks at it. */
export type AnyQuery = Pick<QueryController<never, unknown>, 'state' | 'retry'>;

/**
 * What every element stands on: settings, connection, states, texts, and the frame around its
 * content. How an element is written: docs/architecture/elements.md.
 */
export abstract class CbElement extends LitElement implements Settings {
  static override styles: CSSResultGroup = [tokens, base, button];

  /** The element's own texts, beside the shared ones. */
  static readonly messages?: Catalogue;

  /** The domain whose figures are shown; all that the token may see where left out. */
  @property({ reflect: true }) domain?: string;

  /** The period: `today`, `24h`, `7d`, `30d`, `month`, `90d` or `all`. */
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

  /** The locale in force. */
  protected usedLocale = 'en';

  readonly #internals = this.attachInternals();
  #around?: HTMLElement | undefined;
  #own?: ConnectionSettings | undefined;
  #status: Status = 'loading';
  #toldError?: unknown;

  constructor() {
    super();
    new TickController(this, () => {
      const { updatedAt, retryAt, live } = this.queryState;
      return retryAt !== undefined || (updatedAt !== undefined && !live);
    });
  }

  /** What the element is in; also a custom state, `:state(stale)`. */
  get status(): Status {
    return this.#status;
  }

  /** Where questions go: `pending` while the provider around is not defined yet. */
  get connection(): Connection | 'pending' | undefined {
    return this.#own ?? this.provider?.session ?? (this.#around && 'pending');
  }

  /** Milliseconds between two questions while nothing is pushed; undefined: the default. */
  get refreshMs(): number | undefined {
    const seconds = Number(this.refresh ?? this.provider?.refresh);
    return seconds > 0 ? seconds * 1000 : undefined;
  }

  /** The provider around, once it is defined. */
  protected get provider(): Provider | undefined {
    return isProvider(this.#around) ? this.#around : undefined;
  }

  /** What to ask for, with the provider's answers for what this element leaves out. */
  protected get scope(): Scope {
    return scopeOf(this, this.provider);
  }

  /** The query that the element's state follows; none where it shows plain values. */
  protected get query(): AnyQuery | undefined {
    return undefined;
  }

  /** The state of that query. */
  protected get queryState(): QueryState<unknown> {
    return this.query?.state ?? IDLE;
  }

  /** A shared text in the reader's language. */
  protected readonly baseText: BaseTranslate = (key, values) =>
    translate(baseMessages, this.usedLocale, key, values);

  /** Tries again at once. */
  readonly retry = (): void => this.query?.retry();

  override connectedCallback(): void {
    super.connectedCallback();
    const provider = (this.#around = findProvider(this));
    if (isProvider(provider)) provider.addDependent(this);
    else if (provider) {
      void customElements.whenDefined(provider.localName).then(() => {
        if (this.#around !== provider || !isProvider(provider)) return;
        provider.addDependent(this);
        this.requestUpdate();
      });
    }
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.provider?.removeDependent(this);
    this.#around = undefined;
  }

  /** Waits for the reader's language, so that no text shows in one and then in another. */
  protected override scheduleUpdate(): void | Promise<unknown> {
    const lang = () => closestAround(this, (it) => it.hasAttribute('lang'))?.getAttribute('lang');
    this.usedLocale = canonicalLocale(
      this.locale || this.provider?.locale || this.lang || lang() || navigator.language,
    );
    const language = languageOf(this.usedLocale);
    const { messages } = this.constructor as typeof CbElement;
    const texts = [baseMessages, ...(messages ? [messages] : [])]
      .map((catalogue) => loadMessages(catalogue, language))
      .filter((it) => it !== undefined);
    if (texts.length === 0) return super.scheduleUpdate();
    return Promise.all(texts).then(() => super.scheduleUpdate());
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('baseUrl') && !changed.has('token')) return;
    const { baseUrl, token } = this;
    this.#own = baseUrl || token ? { baseUrl: baseUrl ?? '', token: token ?? '' } : undefined;
  }

  protected override update(changed: PropertyValues): void {
    const { error, live } = this.queryState;
    this.#status = this.computeStatus();
    const { states } = this.#internals;
    for (const status of STATUSES) toggle(states, status, status === this.#status);
    toggle(states, 'live', live);
    toggle(states, 'compact', (this.density ?? this.provider?.density) === 'compact');
    super.update(changed);
    if (error !== this.#toldError && (this.#toldError = error) !== undefined)
      this.dispatchEvent(new CbErrorEvent(error));
  }

  /** Which state the element is in; one that also shows plain values decides for these first. */
  protected computeStatus(): Status {
    const { data, error, live, updatedAt = 0 } = this.queryState;
    const code = errorStatus(error);
    if (code === 403 || (code === 401 && data === undefined)) return 'forbidden';
    if (data === undefined) return error === undefined ? 'loading' : 'error';
    const patience = Math.max(STALE_AFTER, 2 * (this.refreshMs ?? 0));
    if (error !== undefined || (!live && Date.now() - updatedAt > patience)) return 'stale';
    return this.assess(data);
  }

  /** What an answer that is up to date amounts to. */
  protected assess(_data: unknown): Status {
    return 'fresh';
  }

  /** The content, once there is something to show. */
  protected abstract renderContent(): TemplateResult;

  /** Something of the shape of the content to come. */
  protected abstract renderSkeleton(): TemplateResult;

  /** Why there is nothing to show, and what would appear here. */
  protected renderEmpty(): TemplateResult {
    return html`<div>${this.baseText('empty')}</div>`;
  }

  /** The heading where the attribute is left out. */
  protected get defaultHeading(): string {
    return '';
  }

  protected override render(): TemplateResult {
    const context = this.#frame;
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
        ${renderFreshness(context)}${this.renderActions()}
      </header>
      ${this.#renderBody(context)}
    </section>`;
  }

  /** Buttons beside the heading. */
  protected renderActions(): TemplateResult | typeof nothing {
    return nothing;
  }

  #renderBody(context: FrameContext): TemplateResult {
    switch (context.status) {
      case 'loading':
        return html`<slot name="loading">${this.renderSkeleton()}</slot>`;
      case 'empty':
        return html`<slot name="empty"><div class="message">${this.renderEmpty()}</div></slot>`;
      case 'error':
        return html`<slot name="error"><div class="message">${renderError(context)}</div></slot>`;
      case 'forbidden':
        return html`<slot name="error">
          <div class="message">${renderForbidden(context)}</div>
        </slot>`;
      default:
        return this.renderContent();
    }
  }

  get #frame(): FrameContext {
    const { status, queryState: state, usedLocale: locale, baseText: t, retry } = this;
    return { status, state, locale, t, retry };
  }
}

function toggle(states: CustomStateSet, state: string, on: boolean): void {
  if (on) states.add(state);
  else states.delete(state);
}
