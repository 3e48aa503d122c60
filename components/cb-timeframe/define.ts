import { define } from '../../src/element/define.ts';
import { CbTimeframe } from './cb-timeframe.ts';

define('cb-timeframe', CbTimeframe);
export { CbTimeframe };
