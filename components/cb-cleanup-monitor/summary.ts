import { html, nothing, type TemplateResult } from 'lit';
import type { CleanupRun, CleanupStatus } from '@cloudbrain/sdk';
import { numberFormat } from '../../src/format/formatters.ts';
import { formatAge, formatTime } from '../../src/format/time.ts';
import { formatValue } from '../../src/format/value.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import type { CleanupMessage } from './cb-cleanup-monitor.messages.ts';

/** Gives a text of the monitor in the reader's language. */
export type Translate = (key: CleanupMessage, values?: MessageValues) => string;

type Unit = 'minute' | 'hour' | 'day';

function length(value: number, unit: Unit, locale: string): string {
  // `24 h`, `7 days`: days have no short form that is generally understood.
  const unitDisplay = unit === 'day' ? 'long' : 'short';
  return numberFormat(locale, { style: 'unit', unit, unitDisplay }).format(value);
}

/** How many things a run deleted, or found if it was a dry run. */
const itemsOf = ({ counts }: CleanupRun): number =>
  counts.previewBundles + counts.tempDirs + counts.objects + counts.logs;

/** When the last run was, how long it took, and what it deleted. */
function lastRunText(run: CleanupRun | null, now: number, locale: string, t: Translate): string {
  if (!run) return t('never');
  if (run.state === 'queued' || run.state === 'running') return t(run.state);
  const age = formatAge(now - Date.parse(run.endedAt ?? run.requestedAt), locale);
  if (run.state === 'failed') return [t('lastFailed', { age }), run.error ?? []].flat().join(': ');
  const text = t(run.dryRun ? 'lastDryRun' : 'lastRun', {
    age,
    duration: formatValue(run.durationMs ?? 0, 'duration', locale),
    items: t('items', { n: itemsOf(run) }),
    size: formatValue(run.bytes, 'bytes', locale),
  });
  const { failed } = run.counts;
  return failed > 0 ? `${text}; ${t('doneFailed', { n: failed })}` : text;
}

/** A text of the usual length, in whose place the skeleton is. */
const usualText = (t: Translate): string =>
  t('lastRun', { age: '38 sec', duration: '37ms', items: t('items', { n: 4 }), size: '8.3 MB' });

/** The result of a finished run; empty while it runs. */
export function resultText(run: CleanupRun, locale: string, t: Translate): string {
  if (run.state === 'failed') return run.error ?? t('lastFailed', { age: formatAge(0, locale) });
  if (run.state !== 'completed') return '';
  const size = formatValue(run.bytes, 'bytes', locale);
  const done = t(run.dryRun ? 'doneDry' : 'doneReal', { n: itemsOf(run), size });
  const { failed } = run.counts;
  return failed > 0 ? `${done}; ${t('doneFailed', { n: failed })}` : done;
}

const TERMS = ['enabled', 'dryRun', 'nextRun', 'tmpDirs', 'bundles', 'logs'] as const;

/**
 * The settings as pairs of term and value, and the last run; a skeleton until they are known.
 *
 * @param now the server's time
 */
export function renderSummary(
  status: CleanupStatus | undefined,
  now: number,
  locale: string,
  t: Translate,
): TemplateResult {
  const values = status && valuesOf(status, now, locale, t);
  const { lastRun, nextRunAt } = status ?? {};
  const titles: Partial<Record<string, string>> = {
    nextRun: nextRunAt ? formatTime(nextRunAt, locale) : '',
  };
  return html`<dl part="summary" class="summary">
      ${TERMS.map(
        (term) =>
          html`<div>
            <dt>${t(term)}</dt>
            <dd title=${titles[term] || nothing}>
              ${values?.[term] ?? html`<span class="skeleton"></span>`}
            </dd>
          </div>`,
      )}
    </dl>
    <p
      part="last-run"
      class="last-run"
      title=${lastRun?.endedAt ? formatTime(lastRun.endedAt, locale) : nothing}
    >
      ${
        status
          ? lastRunText(status.lastRun, now, locale, t)
          : html`<span class="skeleton words">${usualText(t)}</span>`
      }
    </p>`;
}

function valuesOf(
  { settings, nextRunAt }: CleanupStatus,
  now: number,
  locale: string,
  t: Translate,
): Record<(typeof TERMS)[number], string> {
  const interval = length(settings.intervalMinutes, 'minute', locale);
  return {
    enabled: settings.enabled ? t('every', { interval }) : t('no'),
    dryRun: t(settings.dryRun ? 'yes' : 'no'),
    nextRun: nextRunText(nextRunAt, now, locale, t),
    tmpDirs: length(settings.tmpDirTtlMinutes, 'minute', locale),
    bundles: length(settings.previewBundleTtlHours, 'hour', locale),
    logs: length(settings.logRetentionDays, 'day', locale),
  };
}

function nextRunText(at: string | null, now: number, locale: string, t: Translate): string {
  if (at === null) return t('noNext');
  const wait = Date.parse(at) - now;
  return wait < 1_000 ? t('nextSoon') : t('nextIn', { age: formatAge(wait, locale) });
}
