import { html, nothing, type TemplateResult } from 'lit';
import { formatChange, formatValue, isValue, UNKNOWN, valueParts } from '../../src/format/value.ts';
import type { Value, ValueFormat } from '../../src/format/value.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import type { StatCardMessage } from './cb-stat-card.messages.ts';
import type { Polarity } from './metrics.ts';

/** Gives a text of the card in the reader's language. */
export type Translate = (key: StatCardMessage, values?: MessageValues) => string;

/** The figure, its unit or decimals receding. */
export function renderValue(
  value: Value | null | undefined,
  format: ValueFormat | undefined,
  locale: string,
): (TemplateResult | string)[] | string {
  if (!isValue(value)) return UNKNOWN;
  return valueParts(value, format, locale).map(({ text, quiet }) =>
    quiet ? html`<span class="unit">${text}</span>` : text,
  );
}

/** `good`, `bad` or neither. */
function toneOf(up: boolean, polarity: Polarity | undefined): '' | 'good' | 'bad' {
  if (!polarity?.startsWith('good')) return '';
  return up === (polarity === 'good-when-up') ? 'good' : 'bad';
}

/** The change: arrow, sign and colour, and in words whether that is better. */
export function renderChange(
  change: number,
  polarity: Polarity | undefined,
  locale: string,
  t: Translate,
): TemplateResult {
  const text = formatChange(change, locale);
  // What rounds to nothing has no direction.
  const still = text === formatChange(0, locale);
  const tone = still ? '' : toneOf(change > 0, polarity);
  const word = tone && t(tone === 'good' ? 'better' : 'worse');
  return html`<span part="change" class="change ${tone}"
    ><span aria-hidden="true">${still ? '→' : change > 0 ? '↑' : '↓'}</span>${text}${
      word ? html`<span class="hidden">, ${word}</span>` : nothing
    }</span
  >`;
}

/** Whether the figure keeps to its target. */
function keeps(value: number, target: number, polarity: Polarity | undefined): boolean {
  return polarity === 'good-when-down' ? value <= target : value >= target;
}

/** Says whether the figure keeps to its target; nothing where it has none. */
export function renderPill(
  value: Value | null | undefined,
  target: number | undefined,
  format: ValueFormat | undefined,
  polarity: Polarity | undefined,
  locale: string,
  t: Translate,
): TemplateResult | typeof nothing {
  if (!isValue(value) || !isValue(target)) return nothing;
  const good = keeps(Number(value), target, polarity);
  const text = t(Number(value) >= target ? 'above' : 'below', {
    value: formatValue(target, format, locale),
  });
  return html`<span class="pill ${good ? 'good' : 'bad'}"
    ><span aria-hidden="true">${good ? '✓' : '✕'}</span>${text}</span
  >`;
}

/** A rate as a bar; in the colour of its target where it has one. */
export function renderBar(
  ratio: number,
  target: number | undefined,
  polarity: Polarity | undefined,
): TemplateResult {
  const tone = isValue(target) ? (keeps(ratio, target, polarity) ? 'good' : 'bad') : '';
  const width = `${Math.min(1, Math.max(0, ratio)) * 100}%`;
  return html`<svg part="bar" class="bar ${tone}" aria-hidden="true">
    <rect class="track" width="100%" height="8" rx="4" />
    <rect class="filled" width=${width} height="8" rx="4" />
  </svg>`;
}
