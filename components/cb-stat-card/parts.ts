import { html, nothing, type TemplateResult } from 'lit';
import { formatChange, formatValue, isValue, UNKNOWN, valueParts } from '../../src/format/value.ts';
import type { Value, ValueFormat } from '../../src/format/value.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import type { Status } from '../../src/data/status.ts';
import type { StatCardMessage } from './cb-stat-card.messages.ts';
import type { Judgement, Tone } from './judgement.ts';
import type { Polarity } from './metrics.ts';

/** Gives a text of the card in the reader's language. */
export type Translate = (key: StatCardMessage, values?: MessageValues) => string;

/** The value of a figure: it may be unknown, or not exist at all. */
export function statusOf(value: Value | null | undefined): Status {
  if (value === undefined) return 'empty';
  return isValue(value) ? 'fresh' : 'partial';
}

/**
 * The figure, its unit or decimals receding. Screen readers get it as one text: in pieces, 4,460.18
 * would be two numbers.
 */
export function renderValue(
  value: Value | null | undefined,
  format: ValueFormat | undefined,
  locale: string,
): TemplateResult {
  if (!isValue(value)) return html`<div part="value" class="value">${UNKNOWN}</div>`;
  const parts = valueParts(
    value,
    format,
    locale,
    (text) => html`<span class="unit">${text}</span>`,
  );
  return html`<div part="value" class="value">
    <span aria-hidden="true">${parts}</span
    ><span class="hidden">${formatValue(value, format, locale)}</span>
  </div>`;
}

function toneOf(up: boolean, polarity: Polarity | undefined): '' | 'good' | 'bad' {
  if (!polarity?.startsWith('good')) return '';
  return up === (polarity === 'good-when-up') ? 'good' : 'bad';
}

/**
 * The change: arrow and colour, and in words its direction and whether that is better.
 *
 * @param rate the figure itself, where it is a rate
 */
export function renderChange(
  change: number,
  polarity: Polarity | undefined,
  locale: string,
  t: Translate,
  rate?: number,
): TemplateResult {
  const text = formatChange(change, locale, rate);
  // A change that rounds to 0 has no direction.
  const still = text === formatChange(0, locale, rate);
  const tone = still ? '' : toneOf(change > 0, polarity);
  const way = still ? '' : `${t(change > 0 ? 'up' : 'down')} `;
  const word = tone && t(tone === 'good' ? 'better' : 'worse');
  return html`<span part="change" class="note change ${tone}"
    ><span aria-hidden="true">${still ? '→' : change > 0 ? '↑' : '↓'}</span
    ><span class="hidden">${way}</span>${text}${
      word ? html`<span class="hidden">, ${word}</span>` : nothing
    }</span
  >`;
}

const ICONS: Record<Tone, string> = { good: '✓', fair: '!', bad: '✕' };

/** Shows how good the figure is, and by which bounds. */
export function renderPill(
  { tone, from, to }: Judgement,
  format: ValueFormat | undefined,
  t: Translate,
): TemplateResult {
  const text = (value: number) => (locale: string) => formatValue(value, format, locale);
  const words =
    from !== undefined && to !== undefined
      ? t('between', { low: text(from), high: text(to) })
      : from === undefined
        ? t('below', { value: text(to ?? NaN) })
        : t('above', { value: text(from) });
  return html`<span class="pill ${tone}"
    ><span aria-hidden="true">${ICONS[tone]}</span>${words}</span
  >`;
}

/** The figures that one consists of. */
export function renderBreakdown(
  label: string,
  parts: readonly { name: string; value: string }[],
): TemplateResult {
  return html`<dl part="breakdown" class="note breakdown" aria-label=${label}>
    ${parts.map(
      ({ name, value }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** A rate as a bar. */
export function renderBar(ratio: number): TemplateResult {
  const width = `${Math.min(1, Math.max(0, ratio)) * 100}%`;
  return html`<svg part="bar" width="100%" height="8" aria-hidden="true">
    <rect class="track" width="100%" height="8" rx="4" />
    <rect class="filled" width=${width} height="8" rx="4" />
  </svg>`;
}
