import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Example title',
  requests: 'בקשות',
  errors: 'נכשלו',
  empty: 'אין בקשות בתקופה זו. הן יופיעו כאן ברגע שסוכן ישלח נתונים.',
} satisfies Messages;
