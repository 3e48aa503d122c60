import type { Messages } from '../../src/i18n/catalogue.ts';
import type { UsageTimelineMessage } from './cb-usage-timeline.messages.ts';

const messages: Messages<UsageTimelineMessage> = {
  heading: 'Nutzung',
  range: 'Zeitraum',
  'range.24h': '1 T',
  'range.7d': '7 T',
  'range.30d': '30 T',
  'range.90d': '90 T',
  'rangeName.24h': '1 Tag',
  'rangeName.7d': '7 Tage',
  'rangeName.30d': '30 Tage',
  'rangeName.90d': '90 Tage',
  metric: 'Kennzahl',
  'metric.requests': 'Anfragen',
  'metric.tokens': 'Tokens',
  'metric.cost': 'Kosten',
  requests: 'Anfragen',
  errors: 'Fehler',
  input: 'Eingabe',
  output: 'Ausgabe',
  cost: 'Kosten',
  time: 'Zeit',
  soFar: '{time}, bisher',
  chart: '{metric} im Zeitverlauf. Mit den Pfeiltasten Punkt für Punkt lesen.',
  showTable: 'Als Tabelle zeigen',
  showChart: 'Als Diagramm zeigen',
  noChart: 'Das Diagramm konnte nicht geladen werden; hier sind seine Zahlen.',
  empty: 'Keine Anfragen in diesem Zeitraum.',
  emptyWhy: 'Sie erscheinen hier, sobald ein Agent sich meldet.',
};
export default messages;
