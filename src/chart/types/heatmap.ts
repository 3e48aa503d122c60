/** Cells over a grid, coloured by their value. */
import { HeatmapChart } from 'echarts/charts';
import { GridComponent, VisualMapPiecewiseComponent } from 'echarts/components';
import { use } from 'echarts/core';

use([HeatmapChart, GridComponent, VisualMapPiecewiseComponent]);
