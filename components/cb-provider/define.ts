import { define } from '../../src/element/define.ts';
import { CbProvider } from './cb-provider.ts';

define('cb-provider', CbProvider);
export { CbProvider };
