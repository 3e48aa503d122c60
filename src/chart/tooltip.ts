import type { Point } from './geometry.ts';

/** How far from the cursor its tooltip is, in px. */
const BESIDE = 12;
/** In narrower plots it is a sheet at the bottom. */
const SHEET_BELOW = 480;

/** The size of something, in px. */
interface Size {
  width: number;
  height: number;
}

/** Where a tooltip is, in px from the left and top of the plot. */
export interface TooltipPlace {
  left: number;
  top: number;
  isSheet: boolean;
}

/**
 * The place of a tooltip: beside the points, on the side with room, or as a sheet at the bottom of
 * the card; at its top where it would cover one of the points.
 *
 * @param points at the cursor
 * @param below how much room the card has below the plot
 */
export function tooltipPlace(
  tooltip: Size,
  plot: Size,
  points: readonly Point[],
  below: number,
): TooltipPlace {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y).sort((a, b) => a - b);
  const right = Math.max(...xs) + BESIDE;
  const left = Math.min(...xs) - BESIDE - tooltip.width;
  const middle = Math.min(...ys) - tooltip.height / 2;
  const top = Math.max(0, Math.min(middle, plot.height - tooltip.height));
  if (plot.width >= SHEET_BELOW) {
    if (right + tooltip.width <= plot.width) return { left: right, top, isSheet: false };
    if (left >= 0) return { left, top, isSheet: false };
  }
  const bottom = plot.height + below - tooltip.height;
  const isFree = (at: number) =>
    ys.every((y) => y < at - BESIDE || y > at + tooltip.height + BESIDE);
  // At the bottom, at the top, or between two points.
  const places = [bottom, Math.min(0, bottom), ...ys.map((y) => y + BESIDE + 1)];
  return { left: 0, top: places.find(isFree) ?? bottom, isSheet: true };
}

/** Puts the tooltip at its place. */
export function placeTooltip(tooltip: HTMLElement | null, points: readonly Point[]): void {
  const plot = tooltip?.parentElement;
  const card = tooltip?.closest<HTMLElement>('.base');
  if (!tooltip || !plot || !card) return;
  const size = { width: plot.clientWidth, height: plot.clientHeight };
  const scale = plot.getBoundingClientRect().width / plot.offsetWidth || 1;
  const below =
    (card.getBoundingClientRect().bottom - plot.getBoundingClientRect().bottom) / scale - 1;
  tooltip.classList.toggle('sheet', size.width < SHEET_BELOW);
  let place = tooltipPlace(sizeOf(tooltip), size, points, below);
  if (place.isSheet) {
    // As wide as the plot, it has another height.
    tooltip.classList.add('sheet');
    place = tooltipPlace({ ...sizeOf(tooltip), width: Infinity }, size, points, below);
  }
  tooltip.style.translate = `${place.left}px ${place.top}px`;
}

const sizeOf = ({ offsetWidth: width, offsetHeight: height }: HTMLElement): Size => ({
  width,
  height,
});
