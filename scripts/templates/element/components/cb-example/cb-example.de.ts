import type { Messages } from '../../src/i18n/catalogue.ts';
import type { ExampleMessage } from './cb-example.messages.ts';

const messages: Messages<ExampleMessage> = {
  heading: 'Example title',
  requests: 'Anfragen',
  errors: 'Fehlgeschlagen',
  empty:
    'Keine Anfragen in diesem Zeitraum. Sie erscheinen hier, sobald ein Agent Telemetrie sendet.',
};
export default messages;
