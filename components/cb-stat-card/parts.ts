import { html, nothing, type TemplateResult } from 'lit';
import { formatChange, formatValue, isValue, UNKNOWN, valueParts } from '../../src/format/value.ts';
import type { Value, ValueFormat } from '../../src/format/value.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import type { Status } from '../../src/data/status.ts';
import type { StatCardMessage } from './cb-stat-card.messages.ts';
import type { Polarity } from './metrics.ts';

/** Gives a text of the card in the reader's language. */
export type Translate = (key: StatCardMessage, values?: MessageValues) => string;

/** The value of a figure: it may be unknown, or not exist at all. */
export function statusOf(value: Value | null | undefined): Status {
  if (value === undefined) return 'empty';
  return isValue(value) ? 'fresh' : 'partial';
}

/** The figure, its unit or decimals receding. */
export function renderValue(
  value: Value | null | undefined,
  format: ValueFormat | undefined,
  locale: string,
): (TemplateResult | string)[] | string {
  if (!isValue(value)) return UNKNOWN;
  return valueParts(value, format, locale, (text) => html`<span class="unit">${text}</span>`);
}

/** `good`, `bad` or neither. */
type Tone = '' | 'good' | 'bad';

function toneOf(up: boolean, polarity: Polarity | undefined): Tone {
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

/** Whether the figure meets its target; neither if one of them is NaN. */
export function keeping(value: number, target: number, polarity: Polarity | undefined): Tone {
  if (!isValue(value - target)) return '';
  return (polarity === 'good-when-down' ? value <= target : value >= target) ? 'good' : 'bad';
}

/** Shows whether the figure meets its target. */
export function renderPill(
  tone: Tone,
  value: number,
  target: number,
  format: ValueFormat | undefined,
  t: Translate,
): TemplateResult {
  const text = t(value >= target ? 'above' : 'below', {
    value: (words) => formatValue(target, format, words),
  });
  return html`<span class="pill ${tone}"
    ><span aria-hidden="true">${tone === 'good' ? '✓' : '✕'}</span>${text}</span
  >`;
}

/** A rate as a bar. */
export function renderBar(ratio: number): TemplateResult {
  const width = `${Math.min(1, Math.max(0, ratio)) * 100}%`;
  return html`<svg part="bar" width="100%" height="8" aria-hidden="true">
    <rect class="track" width="100%" height="8" rx="4" />
    <rect class="filled" width=${width} height="8" rx="4" />
  </svg>`;
}
