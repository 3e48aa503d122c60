import { html, nothing, type TemplateResult } from 'lit';
import { isValue } from '../format/value.ts';

/** The box that a sparkline is drawn in, as in its `viewBox`; it is stretched to the space there is. */
const WIDTH = 200;
const HEIGHT = 36;
/** Half the line's width, so that it isn't cut off at top and bottom. */
const INSET = 1.5;

/** The path of a trend in the box. Values that aren't numbers are gaps. */
function sparklinePath(values: readonly unknown[]): string {
  const known = values.filter(isValue).map(Number);
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  let path = '';
  let command = 'M';
  values.forEach((value, index) => {
    if (isValue(value)) {
      // A flat trend runs through the middle.
      const height = span > 0 ? (Number(value) - low) / span : 0.5;
      const x = (index * WIDTH) / Math.max(1, values.length - 1);
      const y = HEIGHT - INSET - height * (HEIGHT - 2 * INSET);
      // "h0" lets a single value be seen, as a dot.
      path += `${command}${x.toFixed(1)} ${y.toFixed(1)}h0`;
      command = 'L';
    } else command = 'M';
  });
  return path;
}

/**
 * A trend as a line with a faint area below it. Hidden from screen readers, which read the figure
 * and its change beside it. Empty without values.
 */
export function sparkline(values: readonly unknown[]): TemplateResult | typeof nothing {
  const path = sparklinePath(values);
  if (!path) return nothing;
  // Each run of values without a gap has its own area, back to its start.
  const area = path.replace(/M([^ ]+)[^M]+/g, '$&V36H$1Z');
  return html`<svg
    part="sparkline"
    class="spark"
    viewBox="0 0 200 36"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <path class="area" d=${area} />
    <path class="line" d=${path} />
  </svg>`;
}
