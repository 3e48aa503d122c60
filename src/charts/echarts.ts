/** The one place that brings ECharts: a chunk of its own, loaded when a chart comes near. */
import { LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

// Its tooltip is left out: the HTML one sets style attributes, which a strict CSP refuses.
use([LineChart, GridComponent, AriaComponent, CanvasRenderer]);

export type { EChartsType as Chart };

/** A chart in `box`; it takes the box's size, and `dispose()` ends it. */
export function createChart(box: HTMLElement): EChartsType {
  return init(box, null, { renderer: 'canvas' });
}
