import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Fehler',
  severity: 'Schwere',
  type: 'Art',
  message: 'Meldung',
  agent: 'Agent',
  at: 'Wann',
  all: 'Alle',
  critical: 'Kritisch',
  error: 'Fehler',
  warning: 'Warnung',
  filters: 'Filter',
  noMessage: 'keine Meldung',
  noAgent: 'kein Agent',
  empty: 'Keine Fehler in diesem Zeitraum.',
  emptyWhy: 'Fehler, die Agenten melden, erscheinen hier.',
  emptySeverity: 'Keine Fehler dieser Schwere in diesem Zeitraum.',
  name: 'Fehler {type}',
} satisfies Messages;
