/** How the series of a chart differ, besides their colours. */

/** Strokes of the lines, in order: lengths of dashes and gaps in px; the first is solid. */
export const DASHES: readonly (readonly number[])[] = [
  [],
  [12, 4],
  [6, 4],
  [8, 3, 2, 3],
  [4, 2],
  [14, 3, 3, 3, 3, 3],
  [3, 3],
  [18, 6],
];

/** Of segments that lead to partial intervals, and of the period before. */
export const PARTIAL_DASH: readonly number[] = [2, 3];

/** The stroke of a series, as ECharts takes it. */
export const strokeOf = (index: number): 'solid' | number[] => {
  const dash = DASHES[index % DASHES.length] ?? [];
  return dash.length > 0 ? [...dash] : 'solid';
};

/** Stripes over an area: their angle in degrees, and the distance between them in px. */
export interface Stripes {
  angle: number;
  gap: number;
}

/** Patterns of the areas, in order; the first is plain. */
export const STRIPES: readonly (Stripes | undefined)[] = [
  undefined,
  { angle: 45, gap: 6 },
  { angle: -45, gap: 6 },
  { angle: 90, gap: 5 },
  { angle: 0, gap: 5 },
  { angle: 45, gap: 3 },
  { angle: -45, gap: 3 },
  { angle: 90, gap: 3 },
];

/** The stripes of an area, as ECharts takes them. */
export function decalOf(index: number, surface: string): object | undefined {
  const stripes = STRIPES[index % STRIPES.length];
  return (
    stripes && {
      symbol: 'rect',
      color: surface,
      dashArrayX: [1, 0],
      dashArrayY: [1, stripes.gap],
      rotation: (-stripes.angle * Math.PI) / 180,
    }
  );
}

/** How many series have a colour of their own; further ones are drawn as those before. */
export const COLOURS = 8;
