/** Lines over a grid. */
import { LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { use } from 'echarts/core';

use([LineChart, GridComponent]);
