import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Point } from './geometry.ts';

/** Positions per page key. */
const PAGE = 10;

/**
 * The cursor's position after a key. Over a row of points or a list, arrows move by one, Page by ten,
 * Home and End to the ends. Over cells, arrows move within row and column, Home and End to the ends
 * of the row, Page to those of the column. Undefined for other keys.
 *
 * @param at where it is
 * @param last the last position
 * @param isRtl whether it runs from right to left
 * @param columns of cells, which are counted row by row
 */
export function cursorAfter(
  key: string,
  at: number,
  last: number,
  isRtl: boolean,
  columns?: number,
): number | undefined {
  const forward = isRtl ? -1 : 1;
  const targets: Record<string, number> = columns
    ? cellTargets(at, last, forward, columns)
    : {
        ArrowRight: at + forward,
        ArrowLeft: at - forward,
        ArrowUp: at + 1,
        ArrowDown: at - 1,
        PageUp: at + PAGE,
        PageDown: at - PAGE,
        Home: 0,
        End: last,
      };
  const target = Object.hasOwn(targets, key) ? targets[key] : undefined;
  return target === undefined || last < 0 ? undefined : clamp(target, last);
}

function cellTargets(
  at: number,
  last: number,
  forward: number,
  columns: number,
): Record<string, number> {
  const column = at % columns;
  const start = at - column;
  const end = start + columns - 1;
  const within = (cell: number) => Math.min(end, Math.max(start, cell));
  const bottom = last - (last % columns) + column;
  return {
    ArrowRight: within(at + forward),
    ArrowLeft: within(at - forward),
    ArrowUp: start > 0 ? at - columns : at,
    ArrowDown: at + columns <= last ? at + columns : at,
    PageUp: column,
    PageDown: bottom,
    Home: start,
    End: end,
  };
}

const clamp = (index: number, last: number): number => Math.min(last, Math.max(0, index));

/** What the cursor moves over. */
export interface CursorRange {
  /** The last position; -1 if there are none. */
  last(this: void): number;
  /** Columns of cells; undefined for points and lists. */
  columns(this: void): number | undefined;
  /** A pointer's position in the chart's box; undefined while there is none. */
  toLocal(this: void, event: PointerEvent): Point | undefined;
  /** The position at a point of the box; undefined beside everything. */
  indexAt(this: void, point: Point): number | undefined;
  isRtl(this: void): boolean;
}

/** The cursor over a chart: follows pointer and keys, and is gone when they leave. */
export class CursorController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #range: CursorRange;
  #index?: number | undefined;
  #isTouched = false;

  constructor(host: ReactiveControllerHost, range: CursorRange) {
    this.#host = host;
    this.#range = range;
    host.addController(this);
  }

  /** The position of the cursor, if any. */
  get index(): number | undefined {
    const { last } = this.#range;
    return this.#index !== undefined && this.#index <= last() ? this.#index : undefined;
  }

  /** Whether a finger or pen moved it, which a screen reader doesn't follow by itself. */
  get isTouched(): boolean {
    return this.#isTouched;
  }

  readonly key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.leave();
    const { last, isRtl, columns } = this.#range;
    const target = cursorAfter(event.key, this.index ?? last(), last(), isRtl(), columns());
    if (target === undefined) return;
    event.preventDefault();
    this.#set(target, false);
  };

  readonly point = (event: PointerEvent): void => {
    const { toLocal, indexAt, last } = this.#range;
    const point = toLocal(event);
    const index = point && indexAt(point);
    this.#set(
      index === undefined ? undefined : clamp(index, last()),
      event.pointerType !== 'mouse',
    );
  };

  readonly leave = (): void => this.#set(undefined, false);

  hostDisconnected(): void {
    this.#index = undefined;
  }

  #set(index: number | undefined, isTouched: boolean): void {
    if (index === this.#index) return;
    this.#index = index;
    this.#isTouched = isTouched;
    this.#host.requestUpdate();
  }
}
