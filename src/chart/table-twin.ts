import { html, type TemplateResult } from 'lit';
import { formatValue } from '../format/value.ts';
import type { ChartView } from './view.ts';

/** A chart's figures as a table. */
export function renderTableTwin(
  { name, axis, positions, series }: ChartView,
  locale: string,
): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${name}>
    <table part="table" aria-label=${name}>
      <thead>
        <tr>
          <th scope="col">${axis}</th>
          ${series.map((it) => html`<th scope="col">${it.name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${positions.map(
          (position, index) =>
            html`<tr>
              <th scope="row">${position}</th>
              ${series.map(
                ({ format, values }) =>
                  html`<td>${formatValue(values[index], format, locale)}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
