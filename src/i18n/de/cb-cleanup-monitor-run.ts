import type { Messages } from '../catalogue.ts';

export default {
  question: 'Jetzt aufräumen?',
  consequence:
    'Abgelaufene Vorschau-Bundles, ungenutzte Temp-Ordner, verwaiste Objekte und alte Logs werden gelöscht. Das kann nicht rückgängig gemacht werden.',
  onlyDry: 'Der Server erlaubt nur Probeläufe: Es wird nichts gelöscht.',
  optionDry: 'Probelauf: nur auflisten, was gelöscht würde',
  optionReal: 'Abgelaufenes löschen',
  confirm: 'Starten',
  confirmReal: 'Jetzt löschen',
} satisfies Messages;
