import { html, nothing, type TemplateResult } from 'lit';
import { formatAge, formatElapsed } from '../../src/format/time.ts';
import { baseMessages } from '../../src/i18n/base.ts';
import { translate, type MessageValues } from '../../src/i18n/catalogue.ts';
import { english } from '../../src/i18n/english.ts';
import type { LoginMessage } from './cb-login.messages.ts';
import { fieldsOf, type Field, type LoginProblem } from './problem.ts';

/** Gives a text of the login in the reader's language. */
export type Translate = (key: LoginMessage, values?: MessageValues) => string;

/** What the form shows, and its callbacks. */
export interface FormView {
  locale: string;
  t: Translate;
  /** Initial values of the fields; a field that is missing here isn't shown. */
  fields: Partial<Record<Field, string>>;
  problem: LoginProblem | undefined;
  busy: boolean;
  /** Nothing can be sent: there is no provider. */
  alone: boolean;
  /** Takes the focus when its container opens. */
  autofocus: boolean;
  submit(event: SubmitEvent): Promise<void>;
  edit(event: Event): void;
}

const KINDS: Record<Field, [type: string, autocomplete: 'username' | 'current-password' | 'off']> =
  {
    email: ['email', 'username'],
    password: ['password', 'current-password'],
    domain: ['text', 'off'],
  };

/**
 * The form. It checks for empty fields itself, in the reader's language; the server checks the
 * rest.
 */
export function renderForm(view: FormView): TemplateResult {
  const { t, busy, alone, problem } = view;
  return html`<form part="form" novalidate @submit=${view.submit} @input=${view.edit}>
    ${Object.entries(view.fields).map(([name, value]) => renderField(name as Field, value, view))}
    <div id="problem" role="alert">
      ${alone ? html`<p class="problem">${t('alone')}</p>` : problem && renderProblem(problem, view)}
    </div>
    <button
      part="submit"
      class="button main"
      type="submit"
      ?disabled=${alone}
      aria-disabled=${busy || problem?.kind === 'locked'}
    >
      ${t(busy ? 'submitting' : 'submit')}
    </button>
    <slot name="hint" class="note"></slot>
  </form>`;
}

function renderField(name: Field, value: string, view: FormView): TemplateResult {
  const [type, autocomplete] = KINDS[name];
  return html`<label>
    ${view.t(name)}
    <input
      part="input"
      name=${name}
      type=${type}
      .value=${value}
      required
      autocomplete=${autocomplete}
      autocapitalize="off"
      spellcheck="false"
      ?autofocus=${view.autofocus && name === 'email'}
      aria-invalid=${fieldsOf(view.problem).includes(name)}
      aria-describedby="problem"
    />
  </label>`;
}

function renderProblem(problem: LoginProblem, view: FormView): TemplateResult {
  const isHint = problem.kind === 'ambiguous';
  return html`<p part="problem" class=${isHint ? 'note' : 'problem'}>
    ${problem.kind === 'locked' ? renderLock(problem, view) : wordsOf(problem, view)}
  </p>`;
}

function wordsOf(
  problem: Exclude<LoginProblem, { kind: 'locked' }>,
  { t, locale, fields }: FormView,
): string | TemplateResult {
  switch (problem.kind) {
    case 'missing': {
      const names = problem.fields.map((field) => t(field));
      return t('missing', { fields: (words) => new Intl.ListFormat(words).format(names) });
    }
    case 'wrong':
      return t(fields.domain === undefined ? 'wrong' : 'wrongDomain');
    case 'ambiguous':
      return t('domainWhy');
    case 'other':
      return html`${translate(baseMessages, locale, problem.message)}${
        problem.detail ? html`: ${english(problem.detail)}` : nothing
      }`;
  }
}

/** A visible countdown that screen readers announce only once. */
function renderLock(
  { until, waitMs }: Extract<LoginProblem, { kind: 'locked' }>,
  { t }: FormView,
): TemplateResult {
  const leftMs = Math.ceil((until - Date.now()) / 1_000) * 1_000;
  const left = (locale: string): string => formatElapsed(leftMs, locale, true);
  return html`<span class="hidden"
      >${t('locked', { age: (locale) => formatAge(waitMs, locale) })}</span
    ><span aria-hidden="true">${t('locked', { age: left })}</span>`;
}
