import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Example title',
  requests: 'Anfragen',
  errors: 'Fehlgeschlagen',
  empty:
    'Keine Anfragen in diesem Zeitraum. Sie erscheinen hier, sobald ein Agent Telemetrie sendet.',
} satisfies Messages;
