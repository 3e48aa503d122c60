import { computed, signal, type Signal } from '@lit-labs/signals';
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { CloudBrain, LoginRequest, Me, TokenSource } from '@cloudbrain/sdk';
import { bearer, type BearerAuth } from '@cloudbrain/sdk/core';
import { createSession, newSession, type Session } from '../../src/data/session.ts';
import { SignalController } from '../../src/data/signal-controller.ts';
import { tokenFrom } from '../../src/data/token-url.ts';
import { CbAuthRequiredEvent, CbSessionChangeEvent } from '../../src/element/events.ts';
import type { UrlSync } from '../../src/page/url-sync.ts';
import { findProvider, type Provider } from '../../src/settings/provider.ts';
import { areEqual, withInherited, type Settings } from '../../src/settings/scope.ts';
import { Selection } from '../../src/settings/selection.ts';

/**
 * Where a login is stored: `local` for all tabs, `session` for this tab, `memory` until the page is
 * left.
 */
export type LoginStorage = 'local' | 'session' | 'memory';

/** Logging in and out, loaded on demand. */
const passwords = () => import('../../src/data/password.ts');

/** Settings that decide which token is used; a change fetches a new one. */
const TOKENS = ['token', 'tokenUrl', 'getToken'] as const;
/** Settings that decide which server is used, and how. */
const CONNECTION = ['baseUrl', 'auth', 'client'] as const;
/**
 * @summary Shares a session with the elements in it: one client, one cache and one live connection.
 * Provides the settings that they omit.
 *
 * Give it a `token`, a `token-url`, a `getToken` callback, `auth="password"` (for a `<cb-login>` in
 * it) or your own `client`. A provider inside another one that has none of these, and no
 * `base-url`, shares its session and inherits the settings that it omits.
 *
 * @slot - The elements, and anything else.
 *
 * @event cb-session-change - Someone logged in or out, or the connection changed.
 * @event cb-auth-required - The server requires a valid token: show a login, or set a new token.
 */
export class CbProvider extends LitElement implements Provider {
  static override styles = css`
    :host {
      display: contents;
    }
  `;

  /** The server's address; the page's own origin by default. */
  @property({ attribute: 'base-url' }) baseUrl?: string;

  /** A token. A new one takes over without a flicker. Never reflected. */
  @property() token?: string;

  /** A URL of the page's own backend that returns a token: `{token, expiresIn}`. */
  @property({ attribute: 'token-url' }) tokenUrl?: string;

  /**
   * Returns a token. Called at the start, before a token expires, and when the server rejects it.
   */
  @property({ attribute: false }) getToken?: Exclude<TokenSource, string>;

  /** `password`: people log in with email and password. */
  @property({ reflect: true }) auth?: 'password';

  /** Where that login is stored. */
  @property({ reflect: true }) storage: LoginStorage = 'local';

  /** Your own client, instead of all of these. */
  @property({ attribute: false }) client?: CloudBrain;

  /** The domain whose figures are shown. */
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

  /** The locale of figures and texts. */
  @property({ reflect: true }) locale?: string;

  /** `compact` for tighter rows and paddings. */
  @property({ reflect: true }) density?: string;

  /** The time zone of days and clocks, such as `Europe/Berlin`; the reader's own by default. */
  @property({ reflect: true }) timezone?: string;

  /** `none` leaves comparisons with the previous period out. */
  @property({ reflect: true }) compare?: string;

  /** Filters the lists by a model. */
  @property({ reflect: true }) model?: string;

  /** Filters the lists by an agent. */
  @property({ reflect: true }) agent?: string;

  /** Filters the lists by a user of the agents. */
  @property({ reflect: true }) user?: string;

  /**
   * Keeps period, filters and selection in the page's URL, so that a link shows the same. Its value
   * is put before the names of the parameters: `cb-` by default.
   */
  @property({ reflect: true, attribute: 'sync-url' }) syncUrl?: string;

  /** What is selected in its lists. */
  readonly selection = new Selection();

  /** Its settings, and those of the providers around it for what it omits. */
  readonly settings: Signal.Computed<Settings> = computed(
    () => withInherited(this.#own.get(), this.#around.get()?.settings.get()),
    { equals: areEqual },
  );

  readonly #own = signal<Settings>({});
  readonly #around = signal<CbProvider | undefined>(undefined);
  /** The provider around it whose session it shares. */
  readonly #host = signal<CbProvider | undefined>(undefined);
  readonly #session = signal<Session | undefined>(undefined);
  #hasOpened = false;
  #bearer?: BearerAuth | undefined;
  #opening?: Promise<Session | undefined>;
  #signedIn?: Session | undefined;
  #urlSync?: UrlSync | undefined;
  #syncing?: Promise<void>;
  #turn = 0;

  constructor() {
    super();
    new SignalController(this, () => [this.session, this.me]);
  }

  /** The session that the elements share; undefined while it is being created. */
  get session(): Session | undefined {
    const host = this.#host.get();
    return host ? host.session : this.#session.get();
  }

  /** The account that logged in; null if nobody did, or if the token is not from a login. */
  get me(): Me | null {
    return this.session?.me.get() ?? null;
  }

  /**
   * Logs in; a provider that had tokens until then becomes one with `auth="password"`, once that
   * has succeeded. Rejects with the SDK's errors.
   */
  async signIn(credentials: LoginRequest): Promise<Me> {
    const host = this.#host.get();
    if (host) return host.signIn(credentials);
    const isPassword = this.auth === 'password';
    const session = isPassword ? await this.#opening : await this.#passwordSession();
    if (!session)
      throw new TypeError('The provider was removed from the page, or its connection changed');
    const { accountOf } = await passwords();
    const { me } = await accountOf(session).login(credentials);
    if (!isPassword) {
      this.#signedIn = session;
      this.auth = 'password';
    }
    return me;
  }

  /** Logs out. */
  async signOut(): Promise<void> {
    const { session } = this;
    if (session) await (await passwords()).accountOf(session).logout();
  }

  /** Sets its own settings, as controls such as a `<cb-timeframe>` do. */
  change(settings: Settings): void {
    Object.assign(this, settings);
  }

  override connectedCallback(): void {
    const around = findProvider(this);
    this.#around.set(around instanceof CbProvider ? around : undefined);
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#around.set(undefined);
    this.#urlSync?.stop();
    this.#urlSync = undefined;
    // An element that was only moved is back by then.
    queueMicrotask(() => {
      if (!this.isConnected) this.#close();
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.isConnected) return;
    if (changed.has('syncUrl')) this.#syncing = this.#syncUrl();
    const isConfigured = [...CONNECTION, ...TOKENS].some((it) => this[it]);
    const host = isConfigured ? undefined : this.#around.get();
    const isOther = [...CONNECTION, 'storage' as const].some((it) => changed.has(it));
    // A provider that shared a session may now have its own connection, or the other way round.
    if (!this.#hasOpened || isOther || host !== this.#host.get()) this.#opening = this.#open(host);
    else if (TOKENS.some((it) => changed.has(it))) {
      this.#bearer?.forget();
      this.#session.get()?.wake();
    }
    const { timeframe, from, to, domain, timezone, refresh, locale, density } = this;
    const { model, agent, user, compare } = this;
    const others = { domain, timezone, refresh, locale, density, model, agent, user, compare };
    this.#own.set({ timeframe, from, to, ...others });
  }

  protected override render(): TemplateResult {
    return html`<slot></slot>`;
  }

  async #syncUrl(): Promise<void> {
    this.#urlSync?.stop();
    this.#urlSync = undefined;
    const { syncUrl } = this;
    if (syncUrl === undefined) return;
    const { UrlSync } = await import('../../src/page/url-sync.ts');
    if (this.isConnected && syncUrl === this.syncUrl)
      this.#urlSync ??= new UrlSync(this, syncUrl || 'cb-');
  }

  #close(): void {
    this.#turn++;
    this.#session.get()?.close();
    this.#session.set(undefined);
    this.#bearer = undefined;
    this.#hasOpened = false;
  }

  async #open(host: CbProvider | undefined): Promise<Session | undefined> {
    this.#close();
    this.#hasOpened = true;
    this.#host.set(host);
    if (host) return undefined;
    const turn = this.#turn;
    const { client, baseUrl } = this;
    // Elements ask once there is a session: for what the URL says.
    await this.#syncing;
    let session: Session;
    if (client) session = createSession(client.core);
    else if (this.auth === 'password') {
      session = this.#signedIn ?? (await this.#passwordSession());
      this.#signedIn = undefined;
    } else {
      this.#bearer = bearer(() => this.#token());
      session = newSession(baseUrl, this.#bearer);
    }
    if (turn !== this.#turn) {
      session.close();
      return undefined;
    }
    session.listener = {
      changed: () => this.dispatchEvent(new CbSessionChangeEvent()),
      refused: () => this.dispatchEvent(new CbAuthRequiredEvent()),
    };
    this.#session.set(session);
    return session;
  }

  async #passwordSession(): Promise<Session> {
    const { passwordSession } = await passwords();
    return passwordSession(this.baseUrl, this.storage);
  }

  #token(): ReturnType<Exclude<TokenSource, string>> {
    if (this.getToken) return this.getToken();
    return this.tokenUrl ? tokenFrom(this.tokenUrl)() : this.token;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-provider': CbProvider;
  }
}
