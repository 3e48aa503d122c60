/** The tokens that a canvas needs as plain values; CSS variables mean nothing to it. */
export interface ChartTheme {
  text: string;
  quiet: string;
  border: string;
  surface: string;
  /** Colours of the series, in order: eight. */
  series: readonly string[];
  font: string;
  /** Of labels, in px. */
  fontSize: number;
  isRtl: boolean;
  /** Whether nothing may move. */
  still: boolean;
  /** The width of a label, in px. */
  measure(text: string): number;
}

/** Black on white, which every printer has. */
const PAPER = { text: '#000', quiet: '#444', border: '#ccc', surface: '#fff' };

/**
 * Reads the theme as it is at `probe`, the chart's box: its shadow, which nobody sees, lists the
 * colours (chart.css.ts). A computed colour is after `light-dark()`, the page's tokens and
 * `color-scheme`.
 *
 * @param isPrint whether it is for paper: light colours, and nothing moves
 */
export function readTheme(probe: HTMLElement, isPrint = false): ChartTheme {
  return isPrint ? readPrintTheme(probe) : themeAt(probe, false);
}

/** Reads beside the probe: the transition that its own change would start has the old colours. */
function readPrintTheme(probe: HTMLElement): ChartTheme {
  const light = probe.cloneNode() as HTMLElement;
  light.style.colorScheme = 'light';
  probe.after(light);
  try {
    return themeAt(light, true);
  } finally {
    light.remove();
  }
}

function themeAt(probe: HTMLElement, isPrint: boolean): ChartTheme {
  const style = getComputedStyle(probe);
  const colours = style.boxShadow.split(/,(?![^(]*\))/).map((shadow) => plain(colourOf(shadow)));
  const [text = '#000', quiet = '#444', border = '#ccc', surface = '#fff', ...series] = colours;
  const { fontFamily: font, direction } = style;
  const fontSize = parseFloat(style.fontSize);
  return {
    ...(isPrint ? PAPER : { text, quiet, border, surface }),
    series,
    font,
    fontSize,
    isRtl: direction === 'rtl',
    still: isPrint || matchMedia('(prefers-reduced-motion: reduce)').matches,
    measure: (label) => widthOf(label, `${fontSize}px ${font}`),
  };
}

/** The colour of one shadow; browsers write it before or after its lengths. */
const colourOf = (shadow: string): string =>
  shadow.replaceAll(/(?:^|\s)-?[\d.]+px(?=\s|$)/g, '').trim();

let pen: CanvasRenderingContext2D | null | undefined;
const getPen = () =>
  (pen ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true }));

function widthOf(label: string, font: string): number {
  const context = getPen();
  if (!context) return label.length * 7;
  context.font = font;
  return context.measureText(label).width;
}

/** The colour as ECharts can mix it: it knows no `color()` and no `oklch()`. */
function plain(colour: string): string {
  const context = /^(?:rgb|#)/.test(colour) ? undefined : getPen();
  if (!context) return colour;
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha = 255] = context.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${alpha / 255})`;
}
