import { define } from '../../src/element/define.ts';
import { CbExecStream } from './cb-exec-stream.ts';

define('cb-exec-stream', CbExecStream);
export { CbExecStream };
