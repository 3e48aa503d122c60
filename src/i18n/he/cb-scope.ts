import type { Messages } from '../catalogue.ts';

export default {
  heading: 'מסננים',
  domain: 'דומיין',
  model: 'מודל',
  agent: 'סוכן',
  user: 'משתמש',
  'all.domain': 'כל הדומיינים',
  'all.model': 'כל המודלים',
  'all.agent': 'כל הסוכנים',
  'all.user': 'כל המשתמשים',
  remove: 'הסרת המסנן {filter}',
  clear: 'ניקוי המסננים',
  alone: 'יש למקם את הרכיב בתוך ‎<cb-provider>‎.',
} satisfies Messages;
