import {
  css,
  html,
  LitElement,
  type PropertyDeclaration,
  type PropertyValues,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import { property } from '../../src/element/decorators.ts';
import type { CloudBrain, LoginRequest, Me, TokenSource } from '@cloudbrain/sdk';
import { bearer, type BearerAuth } from '@cloudbrain/sdk/core';
import { CbAuthRequiredEvent, CbSessionChangeEvent } from '../../src/element/events.ts';
import { findProvider, type Provider } from '../../src/settings/provider.ts';
import type { Settings } from '../../src/settings/scope.ts';
import { createSession, newSession, type Session } from '../../src/data/session.ts';
import { tokenFrom } from '../../src/data/token-url.ts';

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
/** All settings of the period come from the same provider. */
const PERIOD: readonly PropertyKey[] = ['timeframe', 'from', 'to'];
const SETTINGS: readonly PropertyKey[] = [...PERIOD, 'domain', 'refresh', 'locale', 'density'];

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

  readonly #dependents = new Set<ReactiveControllerHost>();
  #around?: CbProvider | undefined;
  /** Reads settings as set here, without inherited ones. */
  #asSet = false;
  /** Whether it has its own session. */
  #isOwn = true;
  #session?: Session | undefined;
  #bearer?: BearerAuth | undefined;
  #opening?: Promise<Session | undefined>;
  #signedIn?: Session | undefined;
  #turn = 0;

  /** An omitted setting is inherited from the provider around it. */
  protected static override getPropertyDescriptor(
    name: PropertyKey,
    key: string | symbol,
    options: PropertyDeclaration,
  ): PropertyDescriptor | undefined {
    const own = super.getPropertyDescriptor(name, key, options);
    if (!SETTINGS.includes(name)) return own;
    return {
      ...own,
      get(this: CbProvider): unknown {
        return (own?.get?.call(this) as unknown) ?? this.#inherited(name as keyof Settings);
      },
    };
  }

  /** The session that the elements share; undefined while it is being created. */
  get session(): Session | undefined {
    return this.#host ? this.#host.session : this.#session;
  }

  /** The account that logged in; null if nobody did, or if the token is not from a login. */
  get me(): Me | null {
    return this.session?.me ?? null;
  }

  /**
   * Logs in; a provider that had tokens until then becomes one with `auth="password"`, once that
   * has succeeded. Rejects with the SDK's errors.
   */
  async signIn(credentials: LoginRequest): Promise<Me> {
    if (this.#host) return this.#host.signIn(credentials);
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

  addDependent(element: ReactiveControllerHost): void {
    this.#dependents.add(element);
  }

  removeDependent(element: ReactiveControllerHost): void {
    this.#dependents.delete(element);
  }

  override connectedCallback(): void {
    const around = findProvider(this);
    this.#around = around instanceof CbProvider ? around : undefined;
    this.#around?.addDependent(this);
    super.connectedCallback();
    if (this.hasUpdated && !this.#session) this.#opening = this.#open();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#around?.removeDependent(this);
    this.#around = undefined;
    // An element that was only moved is back by then.
    queueMicrotask(() => {
      if (!this.isConnected) this.#close();
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const isOther = [...CONNECTION, 'storage' as const].some((it) => changed.has(it));
    // A provider that shared a session may now have its own connection, or the other way round.
    const isOwn = this.#host === undefined;
    if (!this.hasUpdated || isOther || isOwn !== this.#isOwn) this.#opening = this.#open();
    else if (TOKENS.some((it) => changed.has(it))) {
      this.#bearer?.forget();
      this.#session?.wake();
    }
  }

  protected override update(changed: PropertyValues<this>): void {
    // An attribute reflects what is set here.
    this.#own(() => super.update(changed));
  }

  protected override updated(): void {
    for (const element of this.#dependents) element.requestUpdate();
  }

  protected override render(): TemplateResult {
    return html`<slot></slot>`;
  }

  /**
   * The provider around this one, whose session it shares because it has no connection of its own.
   */
  get #host(): CbProvider | undefined {
    return [...CONNECTION, ...TOKENS].some((it) => this[it]) ? undefined : this.#around;
  }

  /** The settings of the provider around it, for those omitted here. */
  #inherited(name: keyof Settings): unknown {
    if (this.#asSet) return undefined;
    const hasPeriod = this.#own(() => this.timeframe || this.from || this.to);
    return hasPeriod && PERIOD.includes(name) ? undefined : this.#around?.[name];
  }

  #own<T>(read: () => T): T {
    this.#asSet = true;
    try {
      return read();
    } finally {
      this.#asSet = false;
    }
  }

  #close(): void {
    this.#turn++;
    this.#session?.close();
    this.#session = this.#bearer = undefined;
  }

  async #open(): Promise<Session | undefined> {
    this.#close();
    const turn = this.#turn;
    const { client, baseUrl } = this;
    this.#isOwn = this.#host === undefined;
    if (!this.#isOwn) return undefined;
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
    this.#session = session;
    session.listener = {
      changed: () => {
        this.dispatchEvent(new CbSessionChangeEvent());
        this.requestUpdate();
      },
      refused: () => this.dispatchEvent(new CbAuthRequiredEvent()),
    };
    this.requestUpdate();
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
