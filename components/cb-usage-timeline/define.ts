import { define } from '../../src/element/define.ts';
import { CbUsageTimeline } from './cb-usage-timeline.ts';

define('cb-usage-timeline', CbUsageTimeline);
export { CbUsageTimeline };
