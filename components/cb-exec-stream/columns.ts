import { html, nothing, type TemplateResult } from 'lit';
import type { Execution, ExecutionStatus } from '@cloudbrain/sdk';
import { formatElapsed } from '../../src/format/time.ts';
import { UNKNOWN } from '../../src/format/value.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import type { Column } from '../../src/table/columns.ts';
import { renderName } from '../../src/table/names.ts';
import type { ExecStreamMessage } from './cb-exec-stream.messages.ts';

/** Gives a text of the stream in the reader's language. */
export type Translate = (key: ExecStreamMessage, values?: MessageValues) => string;

/** Icons, and the tone of the pill if it has one; otherwise the row's class sets it. */
const LOOKS: Record<ExecutionStatus, [icon: string, tone: string]> = {
  running: ['◐', ''],
  completed: ['✓', 'good'],
  failed: ['✕', 'bad'],
  abandoned: ['◌', ''],
};

const STATUSES = Object.keys(LOOKS) as ExecutionStatus[];

/** The end of an id: a UUIDv7 starts with the time, which is similar in all rows. */
export const shortId = (id: string): string => `exec-${id.slice(-6)}`;

/** Milliseconds an execution has taken, until `now` (the server's time) while it runs. Never below 0. */
export function elapsedMs(execution: Execution, now: number): number {
  return execution.durationMs ?? Math.max(0, now - Date.parse(execution.startedAt));
}

/**
 * The columns of the stream.
 *
 * @param now the server's time
 */
export function columnsOf(t: Translate, locale: string, now: () => number): Column<Execution>[] {
  // Room for the longest word, so that nothing moves when rows arrive.
  const longest = Math.max(...STATUSES.map((status) => t(status).length));
  return [
    {
      key: 'status',
      label: t('status'),
      width: `calc(${longest}ch + 30px)`,
      render: ({ status }) => renderStatus(status, t),
    },
    {
      key: 'execution',
      label: t('execution'),
      format: 'name',
      width: '88px',
      render: ({ id }) => html`<span part="id" class="mono" title=${id}>${shortId(id)}</span>`,
    },
    {
      key: 'user',
      label: t('user'),
      format: 'name',
      priority: 2,
      width: '17ch',
      render: ({ user }) => renderName(user, t('noUser')),
    },
    {
      key: 'model',
      label: t('model'),
      format: 'name',
      priority: 2,
      width: '17ch',
      render: ({ model }) => renderName(model, t('noModel')),
    },
    {
      key: 'progress',
      label: t('progress'),
      priority: 2,
      width: 'var(--_cb-progress)',
      render: (execution) => renderProgress(execution, t),
    },
    {
      key: 'started',
      label: t('started'),
      format: 'time',
      width: '14ch',
      value: ({ startedAt }) => startedAt,
    },
    {
      key: 'elapsed',
      label: t('elapsed'),
      align: 'end',
      width: '7ch',
      render: (execution) => renderElapsed(execution, locale, now()),
    },
  ];
}

function renderStatus(status: ExecutionStatus, t: Translate): TemplateResult {
  const [icon, tone] = LOOKS[status];
  return html`<span part="status" class="pill ${tone}"
    ><span class="icon" aria-hidden="true">${icon}</span>${t(status)}</span
  >`;
}

function renderProgress(
  { status, steps: { done, total }, error }: Execution,
  t: Translate,
): TemplateResult | typeof nothing {
  if (error && status === 'failed') {
    const { type, message } = error;
    // If the client reported no type, only the message is shown.
    const text = message && type === 'error' ? message : type;
    const title = message && text !== message ? `${type}: ${message}` : text;
    return html`<span part="error" class="note mono" title=${title}>${text}</span>`;
  }
  if (!total)
    return done ? html`<span class="note">${t('stepsSoFar', { n: done })}</span>` : nothing;
  return html`<svg part="progress" class="bar" aria-hidden="true">
      <rect class="track" width="100%" height="4" rx="2" />
      <rect class="filled" width="${Math.min(1, done / total) * 100}%" height="4" rx="2" />
    </svg>
    <span class="note">${t('steps', { done, total })}</span>`;
}

function renderElapsed(execution: Execution, locale: string, now: number): TemplateResult {
  const { status } = execution;
  const text =
    status === 'abandoned'
      ? UNKNOWN
      : formatElapsed(elapsedMs(execution, now), locale, status === 'running');
  return html`<span part="elapsed">${text}</span>`;
}
