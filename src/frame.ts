import { html, nothing, type TemplateResult } from 'lit';
import { formatAge } from './format/time.ts';
import type { BaseMessage } from './i18n/base.ts';
import type { MessageValues } from './i18n/catalogue.ts';
import { describeError, type QueryState, type Status } from './status.ts';

/** Gives a shared text in the reader's language. */
export type BaseTranslate = (key: BaseMessage, values?: MessageValues) => string;

/** What the frame needs to know of its element. */
export interface FrameContext {
  status: Status;
  state: QueryState<unknown>;
  locale: string;
  t: BaseTranslate;
  retry: () => void;
}

/** A moment's silence after an answer: most turn live within it, and nothing flickers. */
const AGE_SHOWN_AFTER = 3_000;

/** The live dot, or the age of what is shown. */
export function renderFreshness({ status, state, locale, t }: FrameContext) {
  if (state.live && status !== 'stale')
    return html`<span part="freshness" class="chip live">${t('live')}</span>`;
  const age = Date.now() - (state.updatedAt ?? Infinity);
  if (!(age >= AGE_SHOWN_AFTER)) return nothing;
  return html`<span part="freshness" class="chip ${status}"
    >${t('old', { age: formatAge(age, locale) })}</span
  >`;
}

/** When the next try comes, and the button that doesn't wait for it. */
export function renderRetry({ state, locale, t, retry }: FrameContext): TemplateResult {
  const wait = state.retryAt === undefined ? 0 : state.retryAt - Date.now();
  const note = state.loading
    ? t('retrying')
    : wait > 0 && t('retryIn', { age: formatAge(wait, locale) });
  return html`${note ? html`<div class="note">${note}</div>` : nothing}
    <button part="retry" class="button" type="button" ?disabled=${state.loading} @click=${retry}>
      ${t('retry')}
    </button>`;
}

/** What failed, in words and with its code. */
export function renderError(context: FrameContext): TemplateResult {
  const { state, t } = context;
  const { message, detail, code, retry } = describeError(state.error);
  return html`<span class="pill bad"><span aria-hidden="true">✕</span>${t(message)}</span>
    ${detail ? html`<div>${detail}</div>` : nothing}
    ${code ? html`<div class="note" part="error-code">${t('code', { code })}</div>` : nothing}
    ${retry ? renderRetry(context) : nothing}`;
}

/** Which role, or that a login, is missing. */
export function renderForbidden({ state, t, locale }: FrameContext): TemplateResult {
  const { message, roles, code } = describeError(state.error);
  const names = new Intl.ListFormat(locale, { type: 'disjunction' }).format(roles ?? []);
  return html`<div>${t(message, { roles: names })}</div>
    ${code === '401' ? nothing : html`<div class="note">${t('askAdmin')}</div>`}`;
}
