import type { Messages } from '../catalogue.ts';

export default {
  retry: 'Erneut versuchen',
  retryIn: 'Neuer Versuch in {age}',
  retrying: 'Neuer Versuch läuft …',
  code: 'Code {code}',
  unreachable: 'Dienst nicht erreichbar',
  busy: 'Der Dienst ist ausgelastet',
  failed: 'Im Dienst ist ein Fehler aufgetreten',
  refused: 'Der Dienst hat die Anfrage abgelehnt',
  notFound: 'Nicht gefunden',
  unexpected: 'Etwas ist schiefgegangen',
  unconnected: 'Nicht verbunden: base-url setzen oder in einem <cb-provider> platzieren.',
  signIn: 'Zum Ansehen bitte anmelden.',
  forbidden: 'Sie haben darauf keinen Zugriff.',
  needsRole: {
    one: 'Dafür ist die Rolle {roles} nötig.',
    other: 'Dafür ist eine dieser Rollen nötig: {roles}.',
  },
  askAdmin: 'Wenden Sie sich an einen Admin dieses Arbeitsbereichs.',
} satisfies Messages;
