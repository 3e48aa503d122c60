import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Example title',
  requests: 'בקשות',
  errors: 'נכשלו',
  empty: 'אין בקשות בתקופה זו. הן יופיעו כאן כשסוכן ישלח נתוני טלמטריה.',
} satisfies Messages;
