import { html, nothing, type TemplateResult } from 'lit';
import type { CleanupAction, CleanupRun, CleanupStatus } from '@cloudbrain/sdk';
import { formatAge, formatTime } from '../../src/format/time.ts';
import { formatUnit } from '../../src/format/units.ts';
import { formatValue, UNKNOWN } from '../../src/format/value.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import { english } from '../../src/i18n/english.ts';
import { textLocaleOf } from '../../src/i18n/languages.ts';
import type { CleanupMessage } from './cb-cleanup-monitor.messages.ts';

/** Gives a text of the monitor in the reader's language. */
export type Translate = (key: CleanupMessage, values?: MessageValues) => string;

/** When the last run was and how it went. */
function lastRunText(run: CleanupRun | null, t: Translate): string {
  if (!run) return t('never');
  if (run.state === 'queued' || run.state === 'running') return t(run.state);
  const age = ageOf(run);
  if (run.state === 'failed') return t('failedRun', { age });
  const duration = (locale: string): string => formatValue(run.durationMs ?? 0, 'duration', locale);
  return t(run.dryRun ? 'agoDry' : 'ago', { age, duration });
}

/** How long ago a run ended. */
function ageOf({ endedAt, requestedAt }: CleanupRun): (locale: string) => string {
  const ms = Date.now() - Date.parse(endedAt ?? requestedAt);
  return (locale) => formatAge(ms, locale);
}

/** The result of a finished run; empty while it runs. */
export function resultText(run: CleanupRun, t: Translate): string | TemplateResult {
  if (run.state === 'failed')
    return run.error === null ? t('failedRun', { age: ageOf(run) }) : english(run.error);
  if (run.state !== 'completed') return '';
  const { previewBundles, tempDirs, objects, logs, failed } = run.counts;
  const n = previewBundles + tempDirs + objects + logs;
  const size = (locale: string): string => formatValue(run.bytes, 'bytes', locale);
  const done = t(run.dryRun ? 'doneDry' : 'doneReal', { n, size });
  return failed > 0 ? `${done}; ${t('doneFailed', { n: failed })}` : done;
}

const TERMS = ['enabled', 'dryRun', 'tmpDirs', 'bundles', 'logs', 'lastRun'] as const;
const COLUMNS = ['type', 'path', 'when', 'size', 'reason'] as const;

/** A placeholder for content that is loading. */
const skeleton = html`<span class="skeleton"></span>`;

/** The settings and the last run, as pairs of term and value; a skeleton until they are known. */
export function renderSummary(
  status: CleanupStatus | undefined,
  locale: string,
  t: Translate,
): TemplateResult {
  const values = status && valuesOf(status, locale, t);
  return html`<dl part="summary" class="summary">
    ${TERMS.map(
      (term, index) =>
        html`<div>
          <dt>${t(term)}</dt>
          <dd>${values?.[index] ?? skeleton}</dd>
        </div>`,
    )}
  </dl>`;
}

function valuesOf({ settings, lastRun }: CleanupStatus, locale: string, t: Translate): string[] {
  // A term and its length of time read as one phrase.
  const words = textLocaleOf(locale);
  return [
    t(settings.enabled ? 'yes' : 'no'),
    t(settings.dryRun ? 'yes' : 'no'),
    formatUnit(settings.tmpDirTtlMinutes, 'minute', words),
    formatUnit(settings.previewBundleTtlHours, 'hour', words),
    formatUnit(settings.logRetentionDays, 'day', words),
    lastRunText(lastRun, t),
  ];
}

/** The actions of cleanup, newest first. Paths come from the disk and are rendered as text. */
export function renderActions(
  actions: readonly CleanupAction[],
  locale: string,
  t: Translate,
): TemplateResult {
  if (actions.length === 0) return html`<p class="note none">${t('none')}</p>`;
  const rows = actions.map(
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
  );
  return renderTable(rows, t);
}

/** A skeleton of a full list of actions. */
export function renderActionsSkeleton(count: number, t: Translate): TemplateResult {
  const cells = COLUMNS.map((key) => html`<td class="c-${key}">${skeleton}</td>`);
  return html`<div aria-hidden="true">
    ${renderTable(
      Array.from(
        { length: count },
        () =>
          html`<tr>
            ${cells}
          </tr>`,
      ),
      t,
    )}
  </div>`;
}

function renderTable(rows: readonly TemplateResult[], t: Translate): TemplateResult {
  return html`<table part="table" role="table">
    <thead role="rowgroup">
      <tr role="row">
        ${COLUMNS.map((key) => html`<th role="columnheader" class="c-${key}">${t(key)}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows}
    </tbody>
  </table>`;
}
