import type { Messages } from '../catalogue.ts';

export default {
  open: '{name} zeigen',
  previous: 'Vorherige Seite',
  next: 'Nächste Seite',
  pages: 'Seiten',
  pause: 'Anhalten',
  resume: 'Weiter',
  resumeNew: 'Weiter, {n} neue',
  resumeMore: 'Weiter, {n}+ neue',
} satisfies Messages;
