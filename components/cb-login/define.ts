import { define } from '../../src/define.ts';
import { CbLogin } from './cb-login.ts';

define('cb-login', CbLogin);
export { CbLogin };
