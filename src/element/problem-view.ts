import { html, nothing, type TemplateResult } from 'lit';
import type { CbBaseElement } from './base-element.ts';
import { formatAge } from '../format/time.ts';
import { baseMessages, type BaseMessage } from '../i18n/base.ts';
import { english } from '../i18n/english.ts';
import { translate, type MessageValues } from '../i18n/catalogue.ts';
import { describeError } from './problem.ts';
import { isRefused, type QueryState } from '../data/status.ts';
import { adopt } from '../theme/adopt.ts';
import { button } from '../theme/button.css.ts';
import { moreTokens } from '../theme/more-tokens.css.ts';
import { pill } from '../theme/pill.css.ts';
import { problem } from '../theme/problem.css.ts';

export { baseMessages };

/** Adds the styles of the error view to an element. */
export function adoptStyles(element: CbBaseElement): void {
  adopt(element, moreTokens, pill, button, problem);
}

/** The data of an error view. */
export interface Problem {
  state: QueryState<unknown>;
  locale: string;
  retry: () => void;
}

type Translate = (key: BaseMessage, values?: MessageValues) => string;

/** What failed and when the next attempt is, or which roles have access. */
export function renderProblem(problem: Problem): TemplateResult {
  const t: Translate = (key, values) => translate(baseMessages, problem.locale, key, values);
  return isRefused(problem.state) ? renderForbidden(problem, t) : renderError(problem, t);
}

function renderError({ state, retry }: Problem, t: Translate): TemplateResult {
  const { message, detail, code, retry: mayRetry } = describeError(state.error);
  const wait = Math.max(0, (state.retryAt ?? 0) - Date.now());
  const age = (locale: string): string => formatAge(Math.ceil(wait / 1000) * 1000, locale);
  const note = state.loading ? t('retrying') : wait > 0 && t('retryIn', { age });
  // Screen readers announce the error, but not the countdown. The button stays enabled, or it would
  // lose the focus; retrying during an attempt does no harm.
  return html`<div class="failure">
    <span class="pill bad" role="status"><span aria-hidden="true">✕</span>${t(message)}</span>
    ${detail ? html`<div>${english(detail)}</div>` : nothing}
    <div class="note">
      ${code ? html`<span part="error-code">${t('code', { code })}</span>` : nothing}
      ${note ? html`<span>${note}</span>` : nothing}
    </div>
    ${
      mayRetry
        ? html`<button
            part="retry"
            class="button"
            type="button"
            aria-disabled=${state.loading}
            @click=${retry}
          >
            ${t('retry')}
          </button>`
        : nothing
    }
  </div>`;
}

function renderForbidden({ state }: Problem, t: Translate): TemplateResult {
  const { message, roles = [], code } = describeError(state.error);
  const names = (locale: string): string =>
    new Intl.ListFormat(locale, { type: 'disjunction' }).format(roles);
  return html`<div>${t(message, { n: roles.length, roles: names })}</div>
    ${code === '401' ? nothing : html`<div class="note">${t('askAdmin')}</div>`}`;
}
