import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Filter',
  domain: 'Domain',
  model: 'Modell',
  agent: 'Agent',
  user: 'Nutzer',
  'all.domain': 'Alle Domains',
  'all.model': 'Alle Modelle',
  'all.agent': 'Alle Agenten',
  'all.user': 'Alle Nutzer',
  remove: 'Filter „{filter}“ entfernen',
  clear: 'Filter zurücksetzen',
  alone: 'Setzen Sie dies in einen <cb-provider>.',
} satisfies Messages;
