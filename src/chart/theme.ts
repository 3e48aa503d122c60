/** The tokens that a canvas needs as plain values; CSS variables mean nothing to it. */
export interface ChartTheme {
  text: string;
  quiet: string;
  border: string;
  surface: string;
  /** Colours of the series, in order. */
  series: readonly string[];
  font: string;
  isRtl: boolean;
  /** Whether reduced motion is preferred. */
  still: boolean;
}

const TOKENS = { text: 'text', quiet: 'quiet', border: 'border', surface: 'surface' } as const;
const SERIES = ['chart-1', 'chart-3'] as const;

/**
 * Reads the theme as it is at `probe`, an element in the chart's shadow root. A computed colour
 * is the one that counts, after `light-dark()`, the page's tokens and `color-scheme`.
 */
export function readTheme(probe: HTMLElement): ChartTheme {
  const style = getComputedStyle(probe);
  const colour = (token: string): string => {
    probe.style.outlineColor = `var(--_cb-${token})`;
    return style.outlineColor;
  };
  const colours = Object.fromEntries(
    Object.entries(TOKENS).map(([name, token]) => [name, colour(token)]),
  ) as Record<keyof typeof TOKENS, string>;
  const series = SERIES.map(colour);
  probe.style.outlineColor = '';
  return {
    ...colours,
    series,
    font: style.fontFamily,
    isRtl: style.direction === 'rtl',
    still: matchMedia('(prefers-reduced-motion: reduce)').matches,
  };
}
