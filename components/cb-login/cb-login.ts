import { html, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { CbElement } from '../../src/element/element.ts';
import { baseMessages } from '../../src/i18n/base.ts';
import { translate, type Catalogue } from '../../src/i18n/catalogue.ts';
import { directionOf, languageOf } from '../../src/i18n/languages.ts';
import type { Status } from '../../src/data/status.ts';
import { renderDropDown } from '../../src/menu/drop-down.ts';
import { TickController } from '../../src/motion/ticker.ts';
import { menu } from '../../src/theme/menu.css.ts';
import type { CbProvider } from '../cb-provider/cb-provider.ts';
import { messages } from './cb-login.messages.ts';
import { styles } from './cb-login.styles.ts';
import { renderForm, type Translate } from './form.ts';
import { renderMenu } from './menu.ts';
import { problemOf, type Field, type LoginProblem } from './problem.ts';

/**
 * @summary A login form for the provider around it; once signed in, a menu of the account.
 *
 * @slot hint - Below the form, for example how to get an account.
 *
 * @csspart base - The card, or the container of the button.
 * @csspart header - The heading's row.
 * @csspart heading - The heading.
 * @csspart form - The form.
 * @csspart input - A field.
 * @csspart problem - Why the login failed.
 * @csspart submit - The button that signs in.
 * @csspart who - The button that opens the menu, or the form if `compact` is set.
 * @csspart panel - The menu or form that the button opens.
 * @csspart sign-out - The button that signs out.
 *
 * @cssproperty [--cb-login-max-inline-size=400px] - Maximum width of the card.
 *
 * @cssstate loading - It isn't known yet whether someone is signed in.
 * @cssstate fresh - Someone is signed in, or can sign in.
 * @cssstate error - There is no provider to sign in to.
 * @cssstate compact - `density` is `compact`, its own or the provider's.
 *
 * @event cb-session-change - From the provider: somebody signed in or out.
 */
export class CbLogin extends CbElement {
  static override styles = [CbElement.styles, menu, styles];
  static override readonly messages = messages;

  /** A button that opens the form, instead of the form itself. */
  @property({ type: Boolean, reflect: true }) compact = false;

  /** The email that the form is filled in with. */
  @property() email = '';

  @state() private busy = false;
  @state() private problem?: LoginProblem | undefined;
  @state() private asksDomain = false;
  @state() private announcement = '';

  #shown?: string | undefined;

  constructor() {
    super();
    new TickController(this, () => this.#isLocked);
  }

  protected override get catalogues(): readonly Catalogue[] {
    return [...super.catalogues, baseMessages];
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override computeStatus(): Status {
    if (this.awaitsProvider || (this.provider && !this.provider.session)) return 'loading';
    return this.provider ? 'fresh' : 'error';
  }

  protected override update(changed: Map<PropertyKey, unknown>): void {
    const who = this.#account?.me?.id;
    // The focused node is removed on sign-in and sign-out; the focus must not be lost with it.
    const hadFocus = this.shadowRoot?.activeElement != null;
    super.update(changed);
    if (who !== this.#shown) {
      // The panel opened for signing in would stay open as the menu.
      this.#find('#panel')?.hidePopover();
      if (hadFocus) this.#find('[part=who], input')?.focus();
    }
    this.#shown = who;
  }

  protected override render(): TemplateResult {
    const me = this.#account?.me;
    return html`<div
      part="base"
      role="group"
      class="base ${me || this.compact ? 'menu' : ''}"
      lang=${languageOf(this.usedLocale)}
      dir=${directionOf(this.usedLocale)}
      aria-label=${me ? this.#text('menu', { name: me.name }) : this.heading || this.defaultHeading}
    >
      ${
        me
          ? renderMenu(me, this.usedLocale, this.#text, this.#signOut)
          : this.compact
            ? renderDropDown(this.#text('submit'), this.renderContent(), {
                part: 'who',
                panel: 'form',
              })
            : this.renderContent()
      }
      <div class="hidden" role="status">${this.announcement}</div>
    </div>`;
  }

  protected override renderContent(): TemplateResult {
    return html`<header part="header" class="header">
        <h3 part="heading" class="heading">${this.heading || this.defaultHeading}</h3>
      </header>
      ${renderForm({
        locale: this.usedLocale,
        t: this.#text,
        fields: {
          email: this.email,
          password: '',
          ...(this.asksDomain && { domain: this.scope.domain ?? '' }),
        },
        problem: this.problem?.kind === 'locked' && !this.#isLocked ? undefined : this.problem,
        busy: this.busy,
        alone: this.status === 'error',
        autofocus: this.compact,
        submit: this.#submit,
        edit: this.#edit,
      })}`;
  }

  protected override renderSkeleton(): TemplateResult {
    return this.renderContent();
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const account = this.#account;
    if (!account || this.busy || this.#isLocked) return;
    const data = new FormData(event.target as HTMLFormElement);
    const fields = [...data.keys()] as Field[];
    const missing = fields.filter((name) => !data.get(name));
    if (missing.length > 0) return this.#fail({ kind: 'missing', fields: missing }, missing[0]);
    const read = (name: Field): string => (data.get(name) as string | null) ?? '';
    const domain = read('domain').trim();
    const credentials = { email: read('email').trim(), password: read('password') };
    this.busy = true;
    this.problem = undefined;
    try {
      const me = await account.signIn({ ...credentials, ...(domain && { domain }) });
      this.asksDomain = false;
      this.announcement = this.#text('signedIn', { name: me.name });
    } catch (error) {
      const problem = problemOf(error, Date.now());
      this.asksDomain ||= problem.kind === 'ambiguous';
      await this.#fail(problem, problem.kind === 'ambiguous' ? 'domain' : 'password');
    } finally {
      this.busy = false;
    }
  };

  /** Shows why the login failed, and focuses the field that may be the cause. */
  async #fail(problem: LoginProblem, field: Field | undefined): Promise<void> {
    this.problem = problem;
    await this.updateComplete;
    const input = this.#find<HTMLInputElement>(`input[name=${field}]`);
    input?.focus();
    input?.select();
  }

  readonly #edit = ({ target }: Event): void => {
    const isEmail = (target as HTMLInputElement).name === 'email';
    // A lock applies to one account: another one can sign in.
    if (isEmail || this.problem?.kind !== 'locked') this.problem = undefined;
    if (isEmail) this.asksDomain = false;
  };

  readonly #signOut = async (): Promise<void> => {
    this.announcement = '';
    // Whether or not the request arrived, this page has forgotten the session.
    await this.#account?.signOut().catch(() => undefined);
  };

  #find<E extends HTMLElement>(selector: string): E | null | undefined {
    return this.shadowRoot?.querySelector<E>(selector);
  }

  get #account(): CbProvider | undefined {
    return this.provider as CbProvider | undefined;
  }

  get #isLocked(): boolean {
    return this.problem?.kind === 'locked' && this.problem.until > Date.now();
  }

  readonly #text: Translate = (key, values) => translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-login': CbLogin;
  }
}
