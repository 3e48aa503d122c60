import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Points per page key. */
const PAGE = 10;

/**
 * The cursor's position after a key: arrows move by one, Page by ten, Home and End to the ends.
 * Undefined for other keys.
 *
 * @param at where it is
 * @param last the last point
 * @param isRtl whether time runs from right to left
 */
export function cursorAfter(
  key: string,
  at: number,
  last: number,
  isRtl: boolean,
): number | undefined {
  const forward = isRtl ? -1 : 1;
  const targets: Record<string, number> = {
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

const clamp = (index: number, last: number): number => Math.min(last, Math.max(0, index));

/** What the cursor moves over. */
export interface CursorRange {
  /** The last point; -1 if there are none. */
  last(this: void): number;
  /** The point at a distance in px from the left; undefined while nothing is drawn. */
  indexAt(this: void, x: number): number | undefined;
  isRtl(this: void): boolean;
}

/** The cursor over a chart: follows pointer and keys, and is gone when they leave. */
export class CursorController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #track: CursorRange;
  #index?: number | undefined;

  constructor(host: ReactiveControllerHost, track: CursorRange) {
    this.#host = host;
    this.#track = track;
    host.addController(this);
  }

  /** The point at the cursor, if any. */
  get index(): number | undefined {
    const { last } = this.#track;
    return this.#index !== undefined && this.#index <= last() ? this.#index : undefined;
  }

  readonly key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.leave();
    const { last, isRtl } = this.#track;
    const target = cursorAfter(event.key, this.index ?? last(), last(), isRtl());
    if (target === undefined) return;
    event.preventDefault();
    this.#set(target);
  };

  readonly point = (event: PointerEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const index = this.#track.indexAt(event.clientX - box.left);
    this.#set(index === undefined ? undefined : clamp(index, this.#track.last()));
  };

  readonly leave = (): void => this.#set(undefined);

  hostDisconnected(): void {
    this.#index = undefined;
  }

  #set(index: number | undefined): void {
    if (index === this.#index) return;
    this.#index = index;
    this.#host.requestUpdate();
  }
}
