import { define } from '../../src/element/define.ts';
import { CbCleanupMonitor } from './cb-cleanup-monitor.ts';

define('cb-cleanup-monitor', CbCleanupMonitor);
export { CbCleanupMonitor };
