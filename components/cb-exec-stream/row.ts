import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Execution, ExecutionStatus } from '@cloudbrain/sdk';
import { formatElapsed, formatTime } from '../../src/format/time.ts';
import { UNKNOWN } from '../../src/format/value.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import type { ExecStreamMessage } from './cb-exec-stream.messages.ts';

/** Gives a text of the stream in the reader's language. */
export type Translate = (key: ExecStreamMessage, values?: MessageValues) => string;

/** What a row needs to know beside its execution. */
export interface RowContext {
  locale: string;
  t: Translate;
  /** Slides in: it came after the first rendering. */
  isNew: boolean;
  select(execution: Execution): void;
}

const ICONS: Record<ExecutionStatus, string> = {
  running: '◐',
  completed: '✓',
  failed: '✕',
  abandoned: '◌',
};

/** The end of an id: the begin of a UUIDv7 is the time, alike in all rows. */
const shortId = (id: string): string => `exec-${id.slice(-6)}`;

/** Milliseconds an execution has taken, until `now` while it runs. Never below 0. */
function elapsedMs(execution: Execution, now: number): number {
  return execution.durationMs ?? Math.max(0, now - Date.parse(execution.startedAt));
}

/** One execution as a row of the table. Ids and names come from outside: they stay text. */
export function renderRow(execution: Execution, context: RowContext): TemplateResult {
  const { locale, t, isNew, select } = context;
  const { id, status, user, model, startedAt } = execution;
  const name = shortId(id);
  return html`<tr part="row" role="row" class="row ${status} ${isNew ? 'new' : ''}">
    <td role="cell" class="c-status">
      <span part="status" class="pill ${status}"
        ><span class="icon" aria-hidden="true">${ICONS[status]}</span>${t(status)}</span
      >
    </td>
    <td role="cell" class="c-id">
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
    <td role="cell" class="c-user" title=${user ?? nothing}>
      ${user ?? html`<span class="note">${t('noUser')}</span>`}
    </td>
    <td role="cell" class="c-model" title=${model ?? nothing}>
      ${model ?? html`<span class="note">${t('noModel')}</span>`}
    </td>
    <td role="cell" class="c-progress">${renderProgress(execution, context)}</td>
    <td role="cell" class="c-elapsed" part="elapsed" title=${formatTime(startedAt, locale)}>
      ${status === 'abandoned' ? UNKNOWN : formatElapsed(elapsedMs(execution, Date.now()), locale)}
    </td>
  </tr>`;
}

function renderProgress(
  { status, steps, error }: Execution,
  { t }: RowContext,
): TemplateResult | typeof nothing {
  if (error && status === 'failed')
    return html`<span part="error" class="note error" title=${error.message ?? nothing}
      >${error.type}</span
    >`;
  const { done, total } = steps;
  if (total === null || total === 0)
    return done === 0 ? nothing : html`<span class="note">${t('stepsSoFar', { n: done })}</span>`;
  const width = `${Math.min(1, done / total) * 100}%`;
  return html`<span class="progress">
    <svg part="progress" class="bar" aria-hidden="true">
      <rect class="track" width="100%" height="4" rx="2" />
      ${svg`<rect class="filled" width=${width} height="4" rx="2" />`}
    </svg>
    <span class="note">${t('steps', { done, total })}</span>
  </span>`;
}
