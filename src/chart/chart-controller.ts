import type { EChartsCoreOption } from 'echarts/core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Chart } from './echarts.ts';
import { readTheme, type ChartTheme } from './theme.ts';

/** What a chart shows; with the same `key` it isn't drawn again. */
export interface ChartSpec {
  key: unknown;
  option(theme: ChartTheme): EChartsCoreOption;
}

/** How far outside the viewport a chart starts to load. */
const NEAR = '200px';
/** A change of these by the page's own scheme or theme shows as a transition. */
const SCHEME = '(prefers-color-scheme: dark)';

/**
 * Draws a chart into the element's `.chart` box. Loads ECharts when the box comes near the
 * viewport, follows its size and the theme, and releases everything when the element is removed.
 */
export class ChartController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #spec: () => ChartSpec | undefined;
  #box?: HTMLElement | undefined;
  #near?: IntersectionObserver | undefined;
  #size?: ResizeObserver | undefined;
  #scheme?: MediaQueryList | undefined;
  #chart?: Chart | undefined;
  #drawn?: unknown;
  #error?: unknown;

  constructor(host: ReactiveControllerHost & HTMLElement, spec: () => ChartSpec | undefined) {
    this.#host = host;
    this.#spec = spec;
    host.addController(this);
  }

  /** Whether the chart is drawn. */
  get isDrawn(): boolean {
    return this.#drawn !== undefined;
  }

  /** Why ECharts could not be loaded; the table still shows everything. */
  get error(): unknown {
    return this.#error;
  }

  /** The position of the category `index` and the value in the box, in px from its left and top. */
  pixel(index: number, value: number): { x: number; y: number } | undefined {
    const [x, y] = this.#chart?.convertToPixel('grid', [index, value]) ?? [];
    return x === undefined || y === undefined ? undefined : { x, y };
  }

  /** The category at a distance in px from the box's left; may lie outside the data. */
  indexAt(x: number): number | undefined {
    const [index] = this.#chart?.convertFromPixel('grid', [x, 0]) ?? [];
    return index === undefined || Number.isNaN(index) ? undefined : Math.round(index);
  }

  hostUpdated(): void {
    const box = this.#host.shadowRoot?.querySelector<HTMLElement>('.chart') ?? undefined;
    if (box !== this.#box) {
      this.#release();
      this.#box = box;
      if (box) this.#await(box);
    }
    this.#draw();
  }

  hostConnected(): void {
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#release();
  }

  /** Draws again with the theme as it is now. */
  readonly refresh = (): void => {
    this.#drawn = undefined;
    this.#draw();
  };

  #await(box: HTMLElement): void {
    this.#near = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        this.#near?.disconnect();
        void this.#begin(box);
      },
      { rootMargin: NEAR },
    );
    this.#near.observe(box);
  }

  async #begin(box: HTMLElement): Promise<void> {
    try {
      const { createChart } = await import('./echarts.ts');
      if (this.#box !== box || this.#chart) return;
      this.#chart = createChart(box);
      this.#size = new ResizeObserver(() => {
        // In the next frame: a box that changes while it is observed is an error in the page.
        requestAnimationFrame(() => {
          this.#chart?.resize();
          this.#host.requestUpdate();
        });
      });
      this.#size.observe(box);
      this.#scheme = matchMedia(SCHEME);
      this.#scheme.addEventListener('change', this.refresh);
      // The box has a transition of its colour: it runs whenever the theme becomes another.
      box.addEventListener('transitionend', this.refresh);
      this.#draw();
    } catch (error) {
      this.#error = error;
    }
    this.#host.requestUpdate();
  }

  #draw(): void {
    const box = this.#box;
    const spec = this.#spec();
    if (!this.#chart || !box || !spec || spec.key === this.#drawn) return;
    const isFirst = !this.isDrawn;
    this.#drawn = spec.key;
    this.#chart.setOption(spec.option(readTheme(box)), { notMerge: true, lazyUpdate: false });
    if (isFirst) this.#host.requestUpdate();
  }

  #release(): void {
    this.#near?.disconnect();
    this.#size?.disconnect();
    this.#scheme?.removeEventListener('change', this.refresh);
    this.#box?.removeEventListener('transitionend', this.refresh);
    this.#chart?.dispose();
    this.#near = this.#size = this.#scheme = this.#chart = this.#box = this.#drawn = undefined;
  }
}
