import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { backoff } from '@cloudbrain/sdk/core';
import type { Chart, ChartOption } from './echarts.ts';
import { layoutsOf, type Point, type Shape } from './geometry.ts';
import { loadCharts, loadedCore, type ChartType } from './load.ts';
import { watchSurroundings } from './surroundings.ts';
import { readTheme, type ChartTheme } from './theme.ts';

/** The chart's box, in px. */
export interface ChartSize {
  width: number;
  height: number;
}

/** What a chart shows; with the same `key` it isn't drawn again. */
export interface ChartSpec {
  key: unknown;
  /** The types of its series. */
  types: readonly ChartType[];
  option(theme: ChartTheme, size: ChartSize): ChartOption;
}

/** How far outside the viewport a chart starts to load. */
const NEAR = '200px';
/** Milliseconds until a failed load is tried again, at first and at most. */
const MIN_BACKOFF = 2_000;
const MAX_BACKOFF = 60_000;
/** The width of a page of A4 without its margins, in px; wider charts are drawn again for it. */
const PAPER_WIDTH = 680;
/** Dots per px on paper. */
const PAPER_RESOLUTION = 3;
const MAX_RESOLUTION = 4;

/**
 * Draws a chart into the element's `.chart` box. Loads ECharts when the box comes near the viewport,
 * and again if that fails; follows the box's size, the theme, the screen and the printer; releases
 * everything when the element is removed.
 */
export class ChartController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #spec: () => ChartSpec | undefined;
  #box?: HTMLElement | undefined;
  #near?: IntersectionObserver | undefined;
  #size?: ResizeObserver | undefined;
  #unwatch?: (() => void) | undefined;
  #chart?: Chart | undefined;
  #drawn?: unknown;
  #error?: unknown;
  #failures = 0;
  #retryTimer?: ReturnType<typeof setTimeout> | undefined;
  #isPrinting = false;

  constructor(host: ReactiveControllerHost & HTMLElement, spec: () => ChartSpec | undefined) {
    this.#host = host;
    this.#spec = spec;
    host.addController(this);
  }

  /** Whether the chart is drawn. */
  get isDrawn(): boolean {
    return this.#drawn !== undefined;
  }

  /** Why ECharts could not be loaded; the table still shows everything. Retried by itself. */
  get error(): unknown {
    return this.#error;
  }

  /** Whether the page is printed before there was a chart: the table stands for it. */
  get isMissingInPrint(): boolean {
    return this.#isPrinting && !this.#chart;
  }

  /** The chart's size in px. */
  get size(): ChartSize {
    return { width: this.#box?.clientWidth ?? 0, height: this.#box?.clientHeight ?? 0 };
  }

  /** The position of values on the axes with this number, in px from the box's left and top. */
  pixel(axis: number, values: readonly [number, number]): Point | undefined {
    const finder = { xAxisIndex: axis, yAxisIndex: axis };
    const chart = this.isDrawn ? this.#chart : undefined;
    const [x, y] = chart?.convertToPixel(finder, [...values]) ?? [];
    return isPosition(x) && isPosition(y) ? { x, y } : undefined;
  }

  /** The values at a position on the first axes; may lie outside the data. */
  valuesAt({ x, y }: Point): [number, number] | undefined {
    const finder = { xAxisIndex: 0, yAxisIndex: 0 };
    const chart = this.isDrawn ? this.#chart : undefined;
    const [across, up] = chart?.convertFromPixel(finder, [x, y]) ?? [];
    return isPosition(across) && isPosition(up) ? [across, up] : undefined;
  }

  /** The shapes of the first series' slices or nodes, in order. */
  shapes(): (Shape | undefined)[] {
    return this.isDrawn && this.#chart ? layoutsOf(this.#chart) : [];
  }

  /**
   * A position in the window as one in the box. The page may have scaled or zoomed the box: what
   * counts is the ratio of its size on the screen to that of its layout.
   */
  toLocal({ clientX, clientY }: { clientX: number; clientY: number }): Point | undefined {
    const box = this.#box;
    if (!box) return undefined;
    const { left, top, width, height } = box.getBoundingClientRect();
    return {
      x: ((clientX - left) * box.offsetWidth) / width,
      y: ((clientY - top) * box.offsetHeight) / height,
    };
  }

  hostConnected(): void {
    this.#unwatch = watchSurroundings(this.#host, {
      themeChanged: this.refresh,
      languageChanged: () => this.#host.requestUpdate(),
      resolutionChanged: () => this.#rebuild(),
      printChanged: (isPrinting) => this.#print(isPrinting),
    });
    this.#host.requestUpdate();
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

  hostDisconnected(): void {
    this.#release();
    this.#unwatch?.();
    this.#stopRetrying();
    this.#unwatch = this.#error = undefined;
    this.#isPrinting = false;
  }

  /** Draws again with the theme as it is now. */
  readonly refresh = (): void => {
    this.#drawn = undefined;
    this.#draw();
  };

  /** Tries to load what could not be loaded, now. */
  readonly retry = (): void => {
    this.#stopRetrying();
    void this.#load();
  };

  #await(box: HTMLElement): void {
    this.#near = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        this.#near?.disconnect();
        void this.#load();
      },
      { rootMargin: NEAR },
    );
    this.#near.observe(box);
  }

  async #load(): Promise<void> {
    const spec = this.#spec();
    if (!spec) return;
    try {
      await loadCharts(spec.types);
      if (!this.#host.isConnected) return;
      this.#error = undefined;
      this.#failures = 0;
      this.#create();
    } catch (error) {
      if (!this.#host.isConnected) return;
      this.#error = error;
      this.#retryTimer = setTimeout(
        this.retry,
        backoff(this.#failures++, MIN_BACKOFF, MAX_BACKOFF),
      );
      addEventListener('online', this.retry);
    }
    this.#host.requestUpdate();
  }

  #stopRetrying(): void {
    clearTimeout(this.#retryTimer);
    removeEventListener('online', this.retry);
  }

  /** Makes the chart, if what it needs is loaded. */
  #create(): void {
    const box = this.#box;
    const core = loadedCore(this.#spec()?.types ?? []);
    if (!box || !core || this.#chart) return;
    this.#chart = core.createChart(box, this.#isPrinting ? PAPER_RESOLUTION : resolutionOf(box));
    this.#size = new ResizeObserver(() => {
      // In the next frame: a box that changes while it is observed is an error in the page.
      requestAnimationFrame(() => {
        const chart = this.#chart;
        if (!chart || this.#isPrinting) return;
        const { width, height } = this.size;
        if (chart.getWidth() === width && chart.getHeight() === height) return;
        chart.resize();
        this.refresh();
      });
    });
    this.#size.observe(box);
    // Its shadow has a transition, which runs whenever a colour or the font becomes another.
    box.addEventListener('transitionend', this.refresh);
    this.#draw();
  }

  #draw(): void {
    const box = this.#box;
    const spec = this.#spec();
    if (!this.#chart || !box || !spec || spec.key === this.#drawn) return;
    const core = loadedCore(spec.types);
    // With another type of series, once it is loaded.
    if (!core) return void this.#load();
    this.#drawn = spec.key;
    const size = { width: this.#chart.getWidth(), height: this.#chart.getHeight() };
    const option = spec.option(readTheme(box, this.#isPrinting), size);
    this.#chart.setOption(option, { notMerge: true, lazyUpdate: false });
    // What lies over the chart is placed by it.
    this.#host.requestUpdate();
  }

  /** Makes the chart anew: its resolution can't be changed. */
  #rebuild(): void {
    if (!this.#chart) return;
    this.#dispose();
    this.#create();
  }

  /** Draws for paper, at once: printing doesn't wait, not even for a frame. */
  #print(isPrinting: boolean): void {
    if (isPrinting === this.#isPrinting) return;
    this.#isPrinting = isPrinting;
    const { width, height } = this.size;
    this.#dispose();
    this.#create();
    if (isPrinting) {
      this.#chart?.resize({ width: Math.min(width, PAPER_WIDTH), height });
      this.refresh();
      this.#chart?.getZr().flush();
    }
    this.#host.requestUpdate();
  }

  #dispose(): void {
    this.#size?.disconnect();
    this.#box?.removeEventListener('transitionend', this.refresh);
    this.#chart?.dispose();
    this.#size = this.#chart = this.#drawn = undefined;
  }

  #release(): void {
    this.#near?.disconnect();
    this.#dispose();
    this.#near = this.#box = undefined;
  }
}

const isPosition = (value: unknown): value is number => Number.isFinite(value);

/** Dots per px of the screen, as far as the page has scaled the box. */
function resolutionOf(box: HTMLElement): number {
  const scale = box.getBoundingClientRect().width / box.offsetWidth || 1;
  const { devicePixelRatio } = box.ownerDocument.defaultView ?? window;
  return Math.min(MAX_RESOLUTION, devicePixelRatio * Math.max(1, scale));
}
