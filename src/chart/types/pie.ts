import { PieChart } from 'echarts/charts';
import { use } from 'echarts/core';

/** Pies and donuts. */
export const install = (): void => use([PieChart]);
