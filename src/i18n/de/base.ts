import type { Messages } from '../catalogue.ts';

export default {
  retry: 'Jetzt versuchen',
  retryIn: 'Neuer Versuch in {age}',
  retrying: 'Neuer Versuch läuft …',
  code: 'Code {code}',
  unreachable: 'Dienst nicht erreichbar',
  busy: 'Der Dienst ist ausgelastet',
  failed: 'Der Dienst hat einen Fehler',
  refused: 'Der Dienst hat die Anfrage abgelehnt',
  notFound: 'Nicht gefunden',
  unexpected: 'Etwas ist schiefgegangen',
  unconnected: 'Nicht verbunden: kein <cb-provider> darum, keine base-url daran.',
  signIn: 'Zum Ansehen bitte anmelden.',
  forbidden: 'Das dürfen Sie nicht sehen.',
  needsRole: {
    one: 'Dafür ist die Rolle {roles} nötig.',
    other: 'Dafür ist eine dieser Rollen nötig: {roles}.',
  },
  askAdmin: 'Fragen Sie einen Admin dieses Arbeitsbereichs.',
} satisfies Messages;
