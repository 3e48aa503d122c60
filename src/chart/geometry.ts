import type { Chart } from './echarts.ts';

/** A position in px from a chart's left and top. */
export interface Point {
  x: number;
  y: number;
}

/** A slice of a pie or ring; angles in radians, clockwise from the right. */
export interface Sector extends Point {
  inner: number;
  outer: number;
  start: number;
  end: number;
}

/** A cell, a bar, or a node of a flow. */
export interface Box extends Point {
  width: number;
  height: number;
}

/** What the cursor can be on in a chart without points. */
export type Shape = Sector | Box;

const TURN = 2 * Math.PI;

const isSector = (shape: Shape): shape is Sector => 'outer' in shape;

/** Whether a position is on a shape. */
export function isOn(shape: Shape, { x, y }: Point): boolean {
  if (!isSector(shape)) {
    const { width, height } = shape;
    return x >= shape.x && x <= shape.x + width && y >= shape.y && y <= shape.y + height;
  }
  const distance = Math.hypot(x - shape.x, y - shape.y);
  if (distance < shape.inner || distance > shape.outer) return false;
  const low = Math.min(shape.start, shape.end);
  const angle = Math.atan2(y - shape.y, x - shape.x) - low;
  return ((angle % TURN) + TURN) % TURN <= Math.abs(shape.end - shape.start);
}

/** The middle of a shape. */
export function middleOf(shape: Shape): Point {
  if (!isSector(shape)) return { x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 };
  const angle = (shape.start + shape.end) / 2;
  const radius = (shape.inner + shape.outer) / 2;
  return { x: shape.x + radius * Math.cos(angle), y: shape.y + radius * Math.sin(angle) };
}

/** A shape's outline, as the path of an SVG. */
export function outlineOf(shape: Shape): string {
  if (!isSector(shape)) {
    return `M${shape.x} ${shape.y}h${shape.width}v${shape.height}h${-shape.width}z`;
  }
  const { start, inner, outer } = shape;
  // A whole ring would end where it starts, which draws nothing.
  const swept = Math.min(Math.abs(shape.end - start), TURN - 0.001) * Math.sign(shape.end - start);
  const at = (radius: number, angle: number) =>
    `${shape.x + radius * Math.cos(angle)} ${shape.y + radius * Math.sin(angle)}`;
  const arc = (radius: number, isBack: boolean, angle: number) => {
    const isLarge = Math.abs(swept) > Math.PI;
    const isClockwise = swept > 0 !== isBack;
    return `A${radius} ${radius} 0 ${Number(isLarge)} ${Number(isClockwise)} ${at(radius, angle)}`;
  };
  const end = start + swept;
  return `M${at(outer, start)}${arc(outer, false, end)}L${at(inner, end)}${arc(inner, true, start)}z`;
}

/** What ECharts lays out for a slice, or for a node of a flow. */
interface Layout {
  cx?: number;
  cy?: number;
  r0?: number;
  r?: number;
  startAngle?: number;
  endAngle?: number;
  x?: number;
  y?: number;
  dx?: number;
  dy?: number;
  width?: number;
  height?: number;
}

/** The part of ECharts' model that has the layouts; it has no public way to them. */
interface Model {
  getSeriesByIndex(index: number): {
    layoutInfo?: Point;
    getData(): { count(): number; getItemLayout(index: number): Layout | undefined };
  };
}

/** The shapes of the first series' items, in order; undefined for those that aren't drawn. */
export function layoutsOf(chart: Chart): (Shape | undefined)[] {
  const series = (chart as unknown as { getModel(): Model }).getModel().getSeriesByIndex(0);
  const data = series.getData();
  return Array.from({ length: data.count() }, (_, index) =>
    shapeOf(data.getItemLayout(index), series.layoutInfo),
  );
}

function shapeOf(layout: Layout = {}, { x, y }: Point = { x: 0, y: 0 }): Shape | undefined {
  const { cx, cy, r0, r, startAngle, endAngle } = layout;
  if (
    cx !== undefined &&
    cy !== undefined &&
    r &&
    startAngle !== undefined &&
    endAngle !== undefined
  ) {
    return { x: cx, y: cy, inner: r0 ?? 0, outer: r, start: startAngle, end: endAngle };
  }
  const width = layout.dx ?? layout.width;
  const height = layout.dy ?? layout.height;
  if (layout.x === undefined || layout.y === undefined || !width || !height) return undefined;
  return { x: layout.x + x, y: layout.y + y, width, height };
}
