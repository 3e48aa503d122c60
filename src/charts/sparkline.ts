import { svg, type TemplateResult } from 'lit';

/** The box that a sparkline is drawn in, as in its `viewBox`; it is stretched to the space there is. */
const WIDTH = 200;
const HEIGHT = 36;
/** Half the line's width, so that it isn't cut off at top and bottom. */
const INSET = 1.5;

/** The points of a trend in the box, as `x y`: a list for each run of values without a gap. */
function sparklineRuns(values: readonly (number | null)[]): string[][] {
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  const runs: string[][] = [[]];
  values.forEach((value, index) => {
    if (value === null) return runs.push([]);
    // A flat trend runs through the middle.
    const height = span > 0 ? (value - low) / span : 0.5;
    const x = (index * WIDTH) / Math.max(1, values.length - 1);
    const y = HEIGHT - INSET - height * (HEIGHT - 2 * INSET);
    return runs.at(-1)?.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
  });
  return runs.filter((run) => run.length > 0);
}

/**
 * A trend as a line with a faint area under it. Says nothing to a screen reader: the figure and
 * its change beside it do.
 */
export function sparkline(values: readonly (number | null)[]): TemplateResult {
  return svg`<svg part="sparkline" class="spark" viewBox="0 0 200 36"
    preserveAspectRatio="none" aria-hidden="true">${sparklineRuns(values).map((run) => {
      // "h0" lets a single value be seen, as a dot.
      const line = run.join('L');
      const [start = ''] = run[0]?.split(' ') ?? [];
      return svg`<path class="area" d="M${start} 36L${line}V36Z" />
        <path class="line" d="M${line}h0" />`;
    })}</svg>`;
}
