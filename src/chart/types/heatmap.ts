import { HeatmapChart } from 'echarts/charts';
import { GridComponent, VisualMapPiecewiseComponent } from 'echarts/components';
import { use } from 'echarts/core';

/** Cells over a grid, coloured by their value. */
export const install = (): void => use([HeatmapChart, GridComponent, VisualMapPiecewiseComponent]);
