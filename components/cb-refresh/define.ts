import { define } from '../../src/element/define.ts';
import { CbRefresh } from './cb-refresh.ts';

define('cb-refresh', CbRefresh);
export { CbRefresh };
