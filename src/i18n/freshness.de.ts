import type { Messages } from './catalogue.ts';
import type { FreshnessMessage } from './freshness.ts';

const messages: Messages<FreshnessMessage> = {
  live: 'live',
  old: '{age} alt',
};
export default messages;
