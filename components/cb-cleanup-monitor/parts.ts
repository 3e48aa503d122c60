import { html, nothing, type TemplateResult } from 'lit';
import type { CleanupAction, CleanupRun, CleanupStatus } from '@cloudbrain/sdk';
import { numberFormat } from '../../src/format/formatters.ts';
import { formatAge, formatTime } from '../../src/format/time.ts';
import { formatValue, UNKNOWN } from '../../src/format/value.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import type { CleanupMessage } from './cb-cleanup-monitor.messages.ts';

/** Gives a text of the monitor in the reader's language. */
export type Translate = (key: CleanupMessage, values?: MessageValues) => string;

type Unit = 'minute' | 'hour' | 'day';

function length(value: number, unit: Unit, locale: string): string {
  // `24 h`, `7 days`: a day has no short form that everybody reads.
  const unitDisplay = unit === 'day' ? 'long' : 'short';
  return numberFormat(locale, { style: 'unit', unit, unitDisplay }).format(value);
}

/** When the last run was and how it went. */
function lastRunText(run: CleanupRun | null, locale: string, t: Translate): string {
  if (!run) return t('never');
  if (run.state === 'queued' || run.state === 'running') return t(run.state);
  const age = formatAge(Date.now() - Date.parse(run.endedAt ?? run.requestedAt), locale);
  if (run.state === 'failed') return t('failedRun', { age });
  const duration = formatValue(run.durationMs ?? 0, 'duration', locale);
  return t(run.dryRun ? 'agoDry' : 'ago', { age, duration });
}

/** What a run that has ended came to; empty while it goes on. */
export function resultText(run: CleanupRun, locale: string, t: Translate): string {
  if (run.state === 'failed') return run.error ?? t('failedRun', { age: '' });
  if (run.state !== 'completed') return '';
  const { previewBundles, tempDirs, objects, logs, failed } = run.counts;
  const n = previewBundles + tempDirs + objects + logs;
  const size = formatValue(run.bytes, 'bytes', locale);
  const done = t(run.dryRun ? 'doneDry' : 'doneReal', { n, size });
  return failed > 0 ? `${done}; ${t('doneFailed', { n: failed })}` : done;
}

/** The settings and the last run, as pairs of term and value. */
export function renderSummary(
  { settings, lastRun }: CleanupStatus,
  locale: string,
  t: Translate,
): TemplateResult {
  const pairs: [CleanupMessage, string][] = [
    ['enabled', t(settings.enabled ? 'yes' : 'no')],
    ['dryRun', t(settings.dryRun ? 'yes' : 'no')],
    ['tmpDirs', length(settings.tmpDirTtlMinutes, 'minute', locale)],
    ['bundles', length(settings.previewBundleTtlHours, 'hour', locale)],
    ['logs', length(settings.logRetentionDays, 'day', locale)],
    ['lastRun', lastRunText(lastRun, locale, t)],
  ];
  return html`<dl part="summary" class="summary">
    ${pairs.map(
      ([term, value]) =>
        html`<div>
          <dt>${t(term)}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** What cleanup did, newest first. Paths come from the disk: they stay text. */
export function renderActions(
  actions: readonly CleanupAction[],
  locale: string,
  t: Translate,
): TemplateResult {
  if (actions.length === 0) return html`<p class="note none">${t('none')}</p>`;
  return html`<table part="table" role="table">
    <thead role="rowgroup">
      <tr role="row">
        ${(['type', 'path', 'when', 'size', 'reason'] as const).map(
          (key) => html`<th role="columnheader" scope="col" class="h-${key}">${t(key)}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${actions.map(
        ({ type, path, at, sizeBytes, reason, outcome, error }) =>
          html`<tr part="row" role="row">
            <td role="cell" class="c-type">${t(`type.${type}`)}</td>
            <td role="cell" class="c-path" title=${path}><bdi>${path}</bdi></td>
            <td role="cell" class="c-when note" title=${formatTime(at, locale)}>
              ${formatAge(Date.now() - Date.parse(at), locale)}
            </td>
            <td role="cell" class="c-size">
              ${sizeBytes === null ? UNKNOWN : formatValue(sizeBytes, 'bytes', locale)}
            </td>
            <td role="cell" class="c-reason note">
              ${t(`reason.${reason}`)}${
                outcome === 'deleted'
                  ? nothing
                  : html`<span class="outcome ${outcome}" title=${error ?? nothing}
                      >, ${t(outcome === 'failed' ? 'deleteFailed' : 'wouldDelete')}</span
                    >`
              }
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
