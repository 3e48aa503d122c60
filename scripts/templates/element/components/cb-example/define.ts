import { define } from '../../src/element/define.ts';
import { CbExample } from './cb-example.ts';

define('cb-example', CbExample);
export { CbExample };
