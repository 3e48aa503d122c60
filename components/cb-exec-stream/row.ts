import { html, nothing, type TemplateResult } from 'lit';
import type { Execution, ExecutionStatus } from '@cloudbrain/sdk';
import { formatElapsed, formatTime } from '../../src/format/time.ts';
import { UNKNOWN } from '../../src/format/value.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import type { Row } from '../../src/table/keyed-rows.ts';
import type { ExecStreamMessage } from './cb-exec-stream.messages.ts';
import { elapsedMs, shortId } from './rows.ts';

/** Gives a text of the stream in the reader's language. */
export type Translate = (key: ExecStreamMessage, values?: MessageValues) => string;

/** What a row needs besides its execution. */
export interface RowContext {
  locale: string;
  t: Translate;
  select(execution: Execution): void;
}

const COLUMNS = ['status', 'execution', 'user', 'model', 'progress', 'elapsed'] as const;

/** Icons, and the tone of the pill if it has one; otherwise the row's class sets it. */
const LOOKS: Record<ExecutionStatus, [icon: string, tone: string]> = {
  running: ['◐', ''],
  completed: ['✓', 'good'],
  failed: ['✕', 'bad'],
  abandoned: ['◌', ''],
};

/** The names of the columns. */
export function renderHead(t: Translate): TemplateResult {
  return html`<thead role="rowgroup">
    <tr role="row">
      ${COLUMNS.map((name) => html`<th role="columnheader" class="c-${name}">${t(name)}</th>`)}
    </tr>
  </thead>`;
}

/** A skeleton row of the same height. */
export function renderSkeletonRow(): TemplateResult {
  return html`<tr>
    ${COLUMNS.map((name) => html`<td class="c-${name}"><span class="skeleton"></span></td>`)}
  </tr>`;
}

/**
 * One execution as a row of the table. Ids and names come from outside and are rendered as text.
 */
export function rowOf(execution: Execution, context: RowContext): Row {
  const { locale, t, select } = context;
  const { id, status, user, model, startedAt } = execution;
  const name = shortId(id);
  const [icon, tone] = LOOKS[status];
  const runs = status === 'running';
  const cells = html`<td role="cell" class="c-status">
      <span part="status" class="pill ${tone}"
        ><span class="icon" aria-hidden="true">${icon}</span>${t(status)}</span
      >
    </td>
    <td role="cell" class="c-execution">
      <button
        part="id"
        class="id"
        type="button"
        title=${id}
        aria-label=${t('show', { id: name })}
        @click=${() => select(execution)}
      >
        ${name}
      </button>
    </td>
    ${renderName('user', user, t('noUser'))} ${renderName('model', model, t('noModel'))}
    <td role="cell" class="c-progress">${renderProgress(execution, t)}</td>
    <td role="cell" part="elapsed" class="c-elapsed" title=${formatTime(startedAt, locale)}>
      ${status === 'abandoned' ? UNKNOWN : formatElapsed(elapsedMs(execution, Date.now()), locale, runs)}
    </td>`;
  return { key: id, classes: `row ${status}`, cells };
}

function renderName(column: 'user' | 'model', name: string | null, none: string): TemplateResult {
  return html`<td role="cell" class="c-${column}" title=${name ?? nothing}>
    ${name === null ? html`<span class="note">${none}</span>` : html`<bdi>${name}</bdi>`}
  </td>`;
}

function renderProgress(
  { status, steps: { done, total }, error }: Execution,
  t: Translate,
): TemplateResult | typeof nothing {
  if (error && status === 'failed') {
    const { type, message } = error;
    // If the client reported no type, only the message is shown.
    const told = message && type === 'error' ? message : type;
    const title = message && told !== message ? `${type}: ${message}` : told;
    return html`<span part="error" class="note error" title=${title}>${told}</span>`;
  }
  if (!total)
    return done ? html`<span class="note">${t('stepsSoFar', { n: done })}</span>` : nothing;
  return html`<svg part="progress" class="bar" aria-hidden="true">
      <rect class="track" width="100%" height="4" rx="2" />
      <rect class="filled" width="${Math.min(1, done / total) * 100}%" height="4" rx="2" />
    </svg>
    <span class="note">${t('steps', { done, total })}</span>`;
}
