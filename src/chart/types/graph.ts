import { GraphChart } from 'echarts/charts';
import { use } from 'echarts/core';

/** Nodes and the edges between them. */
export const install = (): void => use([GraphChart]);
