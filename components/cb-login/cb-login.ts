import { html, nothing, type TemplateResult } from 'lit';
import type { Me } from '@cloudbrain/sdk';
import { property, state } from '../../src/decorators.ts';
import { CbElement } from '../../src/element.ts';
import { formatAge } from '../../src/format/time.ts';
import { languageOf, translate, type MessageValues } from '../../src/i18n/catalogue.ts';
import type { Status } from '../../src/status.ts';
import { TickController } from '../../src/ticker.ts';
import type { CbProvider } from '../cb-provider/cb-provider.ts';
import { messages, type LoginMessage } from './cb-login.messages.ts';
import { styles } from './cb-login.styles.ts';
import { initials, PROBLEM_TEXT, problemOf, type LoginProblem } from './problem.ts';

/**
 * @summary Signs somebody in for the provider around it; then a menu with who is in.
 *
 * @slot hint - Below the form: who gives out accounts, say.
 *
 * @csspart base - The card, or the menu.
 * @csspart header - The heading's row.
 * @csspart heading - The heading.
 * @csspart form - The form.
 * @csspart input - A field.
 * @csspart submit - The button that signs in.
 * @csspart problem - Why it did not succeed.
 * @csspart who - The button that opens the menu.
 * @csspart panel - The open menu.
 * @csspart sign-out - The button that signs out.
 *
 * @event cb-session-change - From the provider: somebody signed in or out.
 */
export class CbLogin extends CbElement {
  static override styles = [CbElement.styles, styles];
  static override readonly messages = messages;

  /** A button that opens the form, instead of the form itself. */
  @property({ type: Boolean, reflect: true }) compact = false;

  /** Filled in beforehand. */
  @property() email = '';

  @state() private open = false;
  @state() private busy = false;
  @state() private problem?: LoginProblem | undefined;
  @state() private asksDomain = false;

  #listening?: HTMLElement | undefined;

  constructor() {
    super();
    new TickController(this, () => this.#lockedFor > 0);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#listen();
  }

  override disconnectedCallback(): void {
    this.#listening?.removeEventListener('cb-session-change', this.#changed);
    this.#listening = undefined;
    this.#close();
    super.disconnectedCallback();
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override computeStatus(): Status {
    return this.#account ? 'fresh' : 'error';
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    this.#listen();
  }

  protected override updated(): void {
    const { problem } = this;
    if (problem?.kind === 'locked' && this.#lockedFor <= 0) this.problem = undefined;
  }

  protected override render(): TemplateResult {
    const { me } = this.#account ?? {};
    const language = languageOf(this.usedLocale);
    const direction = language === 'ar' ? 'rtl' : 'ltr';
    return html`<section
      part="base"
      class="base ${me || this.compact ? 'menu' : ''}"
      lang=${language}
      dir=${direction}
      aria-label=${me ? this.#text('menu', { name: me.name }) : this.heading || this.defaultHeading}
    >
      ${me ? this.#renderMenu(me) : this.compact ? this.#renderCompact() : this.renderContent()}
    </section>`;
  }

  protected override renderSkeleton(): TemplateResult {
    return this.renderContent();
  }

  protected override renderContent(): TemplateResult {
    const locked = this.#lockedFor > 0;
    const invalid = this.problem?.kind === 'wrong';
    return html`<header part="header" class="header">
        <h3 part="heading" class="heading">${this.heading || this.defaultHeading}</h3>
      </header>
      <form part="form" @submit=${this.#submit} novalidate>
        ${this.#renderField('email', 'email', 'username', this.email, invalid)}
        ${this.#renderField('password', 'password', 'current-password', '', invalid)}
        ${this.asksDomain ? this.#renderField('domain', 'text', 'off', '', false) : nothing}
        <div role="alert">${this.#renderProblem()}</div>
        <button
          part="submit"
          class="button main"
          type="submit"
          ?disabled=${this.busy || locked || !this.#account}
        >
          ${this.#text(this.busy ? 'submitting' : 'submit')}
        </button>
        <slot name="hint" class="note"></slot>
      </form>`;
  }

  #renderCompact(): TemplateResult {
    return html`<button
        part="who"
        class="button"
        type="button"
        aria-expanded=${this.open}
        aria-controls="panel"
        @click=${this.#toggle}
      >
        ${this.#text('submit')}
      </button>
      <div id="panel" part="panel" class="panel form" ?hidden=${!this.open}>
        ${this.renderContent()}
      </div>`;
  }

  #renderField(
    name: 'email' | 'password' | 'domain',
    type: string,
    autocomplete: 'username' | 'current-password' | 'off',
    value: string,
    invalid: boolean,
  ): TemplateResult {
    return html`<label>
      ${this.#text(name)}
      <input
        part="input"
        name=${name}
        type=${type}
        .value=${value}
        required
        autocomplete=${autocomplete}
        autocapitalize="off"
        spellcheck="false"
        aria-invalid=${invalid}
      />
    </label>`;
  }

  #renderProblem(): TemplateResult | typeof nothing {
    const { problem } = this;
    if (!this.#account && this.isConnected && !this.provider)
      return html`<p part="problem" class="problem">${this.baseText('unconnected')}</p>`;
    if (!problem) return nothing;
    const text =
      problem.kind === 'other'
        ? [this.baseText(problem.message), problem.detail].filter(Boolean).join(': ')
        : this.#text(PROBLEM_TEXT[problem.kind], {
            age: formatAge(this.#lockedFor, this.usedLocale),
          });
    return html`<p part="problem" class=${problem.kind === 'ambiguous' ? 'note hint' : 'problem'}>
      ${text}
    </p>`;
  }

  #renderMenu(me: Me): TemplateResult {
    const list = new Intl.ListFormat(this.usedLocale);
    return html`<button
        part="who"
        class="button who"
        type="button"
        aria-expanded=${this.open}
        aria-controls="panel"
        @click=${this.#toggle}
      >
        <span class="initials" aria-hidden="true">${initials(me.name)}</span>${me.name}
      </button>
      <div id="panel" part="panel" class="panel" ?hidden=${!this.open}>
        <div>
          <div class="name">${me.name}</div>
          <div class="note">${me.email}</div>
        </div>
        <dl>
          <dt>${this.#text('role')}</dt>
          <dd>${me.role}</dd>
          <dt>${this.#text('workspace')}</dt>
          <dd>${me.workspace.name}</dd>
          <dt>${this.#text('domains')}</dt>
          <dd>${me.domains ? list.format(me.domains) : this.#text('allDomains')}</dd>
        </dl>
        <button part="sign-out" class="button" type="button" @click=${this.#signOut}>
          ${this.#text('signOut')}
        </button>
      </div>`;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { form } = this;
    const account = this.#account;
    if (!form || !account || this.busy || this.#lockedFor > 0) return;
    const invalid = [...form.querySelectorAll('input')].find((input) => !input.validity.valid);
    if (invalid) {
      invalid.focus();
      this.problem = { kind: 'wrong' };
      return;
    }
    const data = new FormData(form);
    const read = (name: string): string => {
      const value = data.get(name);
      return typeof value === 'string' ? value : '';
    };
    const domain = read('domain').trim();
    this.busy = true;
    this.problem = undefined;
    try {
      await account.signIn({
        email: read('email').trim(),
        password: read('password'),
        ...(domain ? { domain } : {}),
      });
      this.asksDomain = false;
      this.#close();
    } catch (error) {
      this.problem = problemOf(error, Date.now());
      this.asksDomain ||= this.problem.kind === 'ambiguous';
      await this.updateComplete;
      const field = this.problem.kind === 'ambiguous' ? 'domain' : 'password';
      form.querySelector<HTMLInputElement>(`input[name=${field}]`)?.focus();
    } finally {
      this.busy = false;
    }
  };

  readonly #signOut = async (): Promise<void> => {
    this.#close();
    // Whether or not the service heard it, this page has forgotten the session.
    await this.#account?.signOut().catch(() => undefined);
  };

  readonly #changed = (): void => this.requestUpdate();

  readonly #toggle = (): void => {
    if (this.open) return void this.#close();
    this.open = true;
    void this.updateComplete.then(() => this.form?.querySelector('input')?.focus());
    addEventListener('pointerdown', this.#outside, true);
    addEventListener('keydown', this.#escape, true);
  };

  #close(): void {
    this.open = false;
    removeEventListener('pointerdown', this.#outside, true);
    removeEventListener('keydown', this.#escape, true);
  }

  readonly #outside = (event: Event): void => {
    if (!event.composedPath().includes(this)) this.#close();
  };

  readonly #escape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    this.#close();
    this.who?.focus();
  };

  #listen(): void {
    const { provider } = this;
    if (this.#listening === provider) return;
    this.#listening?.removeEventListener('cb-session-change', this.#changed);
    this.#listening = provider;
    provider?.addEventListener('cb-session-change', this.#changed);
  }

  private get form(): HTMLFormElement | null {
    return this.renderRoot.querySelector('form');
  }

  private get who(): HTMLButtonElement | null {
    return this.renderRoot.querySelector('[part=who]');
  }

  get #account(): CbProvider | undefined {
    return this.provider as CbProvider | undefined;
  }

  get #lockedFor(): number {
    return this.problem?.kind === 'locked' ? this.problem.until - Date.now() : 0;
  }

  readonly #text = (key: LoginMessage, values?: MessageValues): string =>
    translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-login': CbLogin;
  }
}
