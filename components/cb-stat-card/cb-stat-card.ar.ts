import type { Messages } from '../../src/i18n/catalogue.ts';
import type { StatCardMessage } from './cb-stat-card.messages.ts';

const messages: Messages<StatCardMessage> = {
  better: 'أفضل',
  worse: 'أسوأ',
  above: 'فوق {value}',
  below: 'تحت {value}',
  unknown: 'غير معروف',
  unset: 'يلزم مقياس أو قيمة.',
};
export default messages;
