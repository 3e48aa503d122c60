import { SankeyChart } from 'echarts/charts';
import { use } from 'echarts/core';

/** Flows between nodes. */
export const install = (): void => use([SankeyChart]);
