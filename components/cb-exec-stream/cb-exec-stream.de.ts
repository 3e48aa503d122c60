import type { Messages } from '../../src/i18n/catalogue.ts';
import type { ExecStreamMessage } from './cb-exec-stream.messages.ts';

const messages: Messages<ExecStreamMessage> = {
  heading: 'Letzte Ausführungen',
  status: 'Status',
  execution: 'Ausführung',
  user: 'Nutzer',
  model: 'Modell',
  progress: 'Fortschritt',
  elapsed: 'Dauer',
  running: 'Läuft',
  completed: 'Abgeschlossen',
  failed: 'Fehlgeschlagen',
  abandoned: 'Verlassen',
  steps: '{done} von {total}',
  stepsSoFar: { one: '{n} Schritt', other: '{n} Schritte' },
  noUser: 'kein Nutzer',
  noModel: 'kein Modell',
  pause: 'Anhalten',
  resume: 'Weiter',
  resumeNew: 'Weiter, {n} neue',
  resumeMore: 'Weiter, {n}+ neue',
  arrived: { one: '{n} neue Ausführung', other: '{n} neue Ausführungen' },
  empty: 'Keine Ausführungen in diesem Zeitraum.',
  emptyWhy: 'Sie erscheinen hier, sobald ein Agent sich meldet.',
  show: 'Ausführung {id} zeigen',
};
export default messages;
