/**
 * The only module that imports ECharts: a separate chunk, loaded when a chart comes near the
 * viewport.
 */
import { LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

// Without its tooltip: the HTML one sets style attributes, which a strict CSP blocks.
use([LineChart, GridComponent, AriaComponent, CanvasRenderer]);

export type { EChartsType as Chart };

/** A chart in `box`; it takes the box's size, and `dispose()` ends it. */
export function createChart(box: HTMLElement): EChartsType {
  return init(box, null, { renderer: 'canvas' });
}
