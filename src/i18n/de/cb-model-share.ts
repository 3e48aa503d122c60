import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Modelle',
  metric: 'Kennzahl',
  requests: 'Anfragen',
  tokens: 'Tokens',
  cost: 'Kosten',
  model: 'Modell',
  share: 'Anteil',
  unknown: 'Unbekanntes Modell',
  other: { one: '{n} weiteres Modell', other: '{n} weitere Modelle' },
  chart: '{metric} nach Modell',
  empty: 'Keine Anfragen in diesem Zeitraum.',
  emptyWhy: 'Hier erscheinen die Modelle, die Agenten aufrufen.',
} satisfies Messages;
