import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Aktualität',
  live: 'Live',
  updated: 'Vor {age} aktualisiert',
  waiting: 'Wird geladen…',
  failing: {
    one: 'Eine Ansicht konnte nicht aktualisiert werden.',
    other: '{n} Ansichten konnten nicht aktualisiert werden.',
  },
  refresh: 'Aktualisieren',
  alone: 'Setzen Sie dies in einen <cb-provider>.',
} satisfies Messages;
