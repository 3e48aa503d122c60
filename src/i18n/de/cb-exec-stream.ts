import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Letzte Ausführungen',
  status: 'Status',
  execution: 'Ausführung',
  user: 'Nutzer',
  model: 'Modell',
  progress: 'Fortschritt',
  started: 'Beginn',
  elapsed: 'Dauer',
  running: 'Läuft',
  completed: 'Abgeschlossen',
  failed: 'Fehlgeschlagen',
  abandoned: 'Verlassen',
  steps: '{done} von {total}',
  stepsSoFar: { one: '{n} Schritt', other: '{n} Schritte' },
  noUser: 'kein Nutzer',
  noModel: 'kein Modell',
  arrived: { one: '{n} neue Ausführung', other: '{n} neue Ausführungen' },
  empty: 'Keine Ausführungen in diesem Zeitraum.',
  emptyWhy: 'Sie erscheinen hier, sobald ein Agent sich meldet.',
  name: 'Ausführung {id}',
} satisfies Messages;
