import type { Messages } from '../catalogue.ts';

export default {
  read: '{name}. Mit den Pfeiltasten lesen.',
  showTable: 'Als Tabelle zeigen',
  showChart: 'Als Diagramm zeigen',
  noChart: 'Das Diagramm konnte nicht geladen werden. Die Tabelle zeigt seine Daten.',
  retryChart: 'Diagramm laden',
  partial: 'Unvollständiges Intervall',
  noData: 'Keine Daten',
  shown: 'Im Diagramm gezeigt',
} satisfies Messages;
