import { BarChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { use } from 'echarts/core';

/** Bars over a grid. */
export const install = (): void => use([BarChart, GridComponent]);
