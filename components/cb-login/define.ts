import { define } from '../../src/element/define.ts';
import { CbLogin } from './cb-login.ts';

define('cb-login', CbLogin);
export { CbLogin };
