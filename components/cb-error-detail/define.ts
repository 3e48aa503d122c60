import { define } from '../../src/element/define.ts';
import { CbErrorDetail } from './cb-error-detail.ts';

define('cb-error-detail', CbErrorDetail);
export { CbErrorDetail };
