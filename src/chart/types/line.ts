import { LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { use } from 'echarts/core';

/** Lines over a grid. */
export const install = (): void => use([LineChart, GridComponent]);
