import { define } from '../../src/element/define.ts';
import { CbScope } from './cb-scope.ts';

define('cb-scope', CbScope);
export { CbScope };
