/**
 * The core that all charts share: a chunk of its own, loaded when a chart comes near the viewport.
 * What a type of series needs beyond it is in `types/`.
 */
import { init, use, type EChartsCoreOption, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

// Without its tooltip: the HTML one sets style attributes, which a strict CSP blocks.
use([CanvasRenderer]);

export type { EChartsCoreOption as ChartOption, EChartsType as Chart };

/**
 * A chart in `box`; `dispose()` ends it.
 *
 * @param devicePixelRatio of the screen or paper; it can't be changed later
 */
export function createChart(box: HTMLElement, devicePixelRatio: number): EChartsType {
  const root = box.ownerDocument.createElement('div');
  root.className = 'canvas';
  // The renderer empties its box by `innerHTML`, which Trusted Types forbid.
  Object.defineProperty(root, 'innerHTML', { set: () => root.replaceChildren() });
  box.replaceChildren(root);
  return init(root, null, { renderer: 'canvas', devicePixelRatio });
}
