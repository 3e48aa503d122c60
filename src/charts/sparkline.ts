import { svg, type TemplateResult } from 'lit';

/** The box that a sparkline is drawn in; it is stretched to the space there is. */
const WIDTH = 200;
const HEIGHT = 36;
/** Half the line's width, so that it isn't cut off at top and bottom. */
const INSET = 1.5;

/** The lines of a trend in the box: one for each run of values without a gap between. */
export function sparklinePaths(values: readonly (number | null)[]): string[] {
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  const step = WIDTH / Math.max(1, values.length - 1);
  const round = (value: number) => Math.round(value * 10) / 10;
  const lines: string[] = [];
  let line = '';
  for (const [index, value] of [...values, null].entries()) {
    if (value === null) {
      if (line) lines.push(line);
      line = '';
      continue;
    }
    // A flat trend runs through the middle.
    const height = span > 0 ? (value - low) / span : 0.5;
    const y = HEIGHT - INSET - height * (HEIGHT - 2 * INSET);
    line += `${line ? 'L' : 'M'}${round(index * step)} ${round(y)}`;
  }
  return lines;
}

/**
 * A trend as a line with a faint area under it. Says nothing to a screen reader: the figure and
 * its change beside it do.
 */
export function sparkline(values: readonly (number | null)[]): TemplateResult {
  const paths = sparklinePaths(values);
  const area = (path: string) => {
    const ends = /^M([\d.]+).*?([\d.]+) [\d.]+$/.exec(path);
    return ends ? `${path}V${HEIGHT}H${ends[1]}Z` : '';
  };
  return svg`<svg part="sparkline" class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}"
    preserveAspectRatio="none" aria-hidden="true">${paths.map(
      (path) => svg`<path class="area" d=${area(path)} /><path class="line" d=${path} />`,
    )}</svg>`;
}
