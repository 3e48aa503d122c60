import type { Messages } from './catalogue.ts';
import type { FreshnessMessage } from './freshness.ts';

const messages: Messages<FreshnessMessage> = {
  live: 'مباشر',
  old: 'قبل {age}',
};
export default messages;
