import { html, nothing, svg, type TemplateResult } from 'lit';
import { STRIPES } from './palette.ts';
import type { ChartSeries, ChartView } from './view.ts';

/** An entry of the legend, which switches a series or an item. */
export interface LegendEntry {
  key: string;
  name: string;
  value?: string | undefined;
  isShown: boolean;
  swatch: TemplateResult;
}

/** The entries of a view; none for a single line, which the heading or the metric names. */
export function legendEntries(
  view: Pick<ChartView, 'legend' | 'series' | 'positions' | 'legendValues'>,
  hidden: ReadonlySet<string>,
): LegendEntry[] {
  if (view.legend === 'positions') {
    return view.positions.map((name, index) => ({
      key: name,
      name,
      value: view.legendValues?.[index],
      isShown: !hidden.has(name),
      swatch: areaSwatch(index),
    }));
  }
  const lines = view.legend === 'series' ? view.series.filter(({ isHidden }) => !isHidden) : [];
  if (lines.length < 2) return [];
  return lines.map((line) => ({
    key: line.key,
    name: line.name,
    isShown: !hidden.has(line.key),
    swatch: lineSwatch(line),
  }));
}

/** What stands for a value in the tooltip. */
export function renderSwatch(
  view: Pick<ChartView, 'legend' | 'layout'>,
  series: ChartSeries,
  index: number,
): TemplateResult {
  if (series.isHidden) return html`<span></span>`;
  if (view.layout === 'points') return lineSwatch(series);
  return view.legend === 'positions' ? areaSwatch(index) : html`<span></span>`;
}

const lineSwatch = ({ colour, isGhost }: ChartSeries): TemplateResult =>
  html`<svg class="swatch" aria-hidden="true">
    <line class="series-${colour} ${isGhost ? 'ghost' : ''}" x1="0" x2="100%" y1="2" y2="2" />
  </svg>`;

const areaSwatch = (index: number): TemplateResult => {
  const colour = index % STRIPES.length;
  const stripes = STRIPES[colour];
  return html`<svg class="swatch area" aria-hidden="true">
    <rect class="series-${colour}" width="12" height="12" rx="3" />
    ${
      stripes &&
      svg`<pattern
          id="stripes-${colour}" width=${stripes.gap} height=${stripes.gap}
          patternUnits="userSpaceOnUse" patternTransform="rotate(${stripes.angle})">
          <line class="stripe" x1="0" x2=${stripes.gap} y1="0.5" y2="0.5" />
        </pattern>
        <rect width="12" height="12" rx="3" fill="url(#stripes-${colour})" />`
    }
  </svg>`;
};

/** Buttons that switch the entries. */
export function renderEntries(
  entries: readonly LegendEntry[],
  toggle: (key: string) => void,
): TemplateResult {
  return html`${entries.map(
    ({ key, name, value, isShown, swatch }) =>
      html`<button class="entry" type="button" aria-pressed=${isShown} @click=${() => toggle(key)}>
        ${swatch}<span class="name">${name}</span
        >${value === undefined ? nothing : html`<span class="value">${value}</span>`}
      </button>`,
  )}`;
}

/** Explains the segments that lead to partial intervals. */
export const renderPartialNote = (text: string): TemplateResult =>
  html`<span class="entry"
    ><svg class="swatch" aria-hidden="true">
      <line class="partial" x1="0" x2="100%" y1="2" y2="2" /></svg
    >${text}</span
  >`;
