import { html, nothing, type TemplateResult } from 'lit';
import type { CleanupAction, CleanupActionType } from '@cloudbrain/sdk';
import { formatAge, formatTime } from '../../src/format/time.ts';
import type { Column } from '../../src/table/columns.ts';
import type { Translate } from './summary.ts';

/** What cleanup finds. */
export const TYPES: readonly CleanupActionType[] = ['preview_bundle', 'temp_dir', 'object', 'log'];

/**
 * The columns of the actions. Paths come from the disk and are rendered as text.
 *
 * @param now the server's time
 */
export function columnsOf(t: Translate, locale: string, now: number): Column<CleanupAction>[] {
  return [
    {
      key: 'type',
      label: t('type'),
      priority: 2,
      width: '9ch',
      value: ({ type }) => t(`type.${type}`),
    },
    { key: 'path', label: t('path'), format: 'name', width: '18ch' },
    {
      key: 'when',
      label: t('when'),
      priority: 3,
      width: '7ch',
      render: ({ at }) =>
        html`<time class="note" datetime=${at} title=${formatTime(at, locale)}
          >${formatAge(now - Date.parse(at), locale)}</time
        >`,
    },
    {
      key: 'size',
      label: t('size'),
      format: 'bytes',
      priority: 2,
      width: '8ch',
      value: ({ sizeBytes }) => sizeBytes,
    },
    {
      key: 'reason',
      label: t('reason'),
      priority: 2,
      width: '22ch',
      render: (action) => renderReason(action, t),
    },
  ];
}

function renderReason({ reason, outcome, error }: CleanupAction, t: Translate): TemplateResult {
  const text = t(`reason.${reason}`);
  if (outcome === 'deleted') return html`<span class="note">${text}</span>`;
  const note = t(outcome === 'failed' ? 'deleteFailed' : 'wouldDelete');
  return html`<span class="note"
    >${text}<span class="outcome ${outcome}" title=${error ?? nothing}>, ${note}</span></span
  >`;
}
