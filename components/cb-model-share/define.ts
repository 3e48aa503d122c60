import { define } from '../../src/element/define.ts';
import { CbModelShare } from './cb-model-share.ts';

define('cb-model-share', CbModelShare);
export { CbModelShare };
