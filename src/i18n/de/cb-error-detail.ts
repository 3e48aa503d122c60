import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Fehler',
  critical: 'Kritisch',
  error: 'Fehler',
  warning: 'Warnung',
  noMessage: 'Es wurde keine Meldung übermittelt.',
  at: 'Wann',
  domain: 'Domain',
  user: 'Nutzer',
  agent: 'Agent',
  model: 'Modell',
  tool: 'Werkzeug',
  executionId: 'Ausführung',
  conversationId: 'Gespräch',
  traceId: 'Trace',
  stack: 'Stack',
  noStack: 'Es wurde kein Stack übermittelt.',
  empty: 'Kein Fehler ausgewählt.',
  emptyWhy: 'In der Liste der Fehler einen auswählen, um seinen Stack zu sehen.',
} satisfies Messages;
