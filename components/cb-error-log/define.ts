import { define } from '../../src/element/define.ts';
import { CbErrorLog } from './cb-error-log.ts';

define('cb-error-log', CbErrorLog);
export { CbErrorLog };
