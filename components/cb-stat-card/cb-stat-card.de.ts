import type { Messages } from '../../src/i18n/catalogue.ts';
import type { StatCardMessage } from './cb-stat-card.messages.ts';

const messages: Messages<StatCardMessage> = {
  better: 'besser',
  worse: 'schlechter',
  above: 'über {value}',
  below: 'unter {value}',
  unknown: 'Nicht bekannt',
  unset: 'Eine Kennzahl oder ein Wert fehlt.',
};
export default messages;
