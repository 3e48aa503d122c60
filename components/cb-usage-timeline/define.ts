import { define } from '../../src/define.ts';
import { CbUsageTimeline } from './cb-usage-timeline.ts';

define('cb-usage-timeline', CbUsageTimeline);
export { CbUsageTimeline };
