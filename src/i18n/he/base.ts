import type { Messages } from '../catalogue.ts';

export default {
  retry: 'ניסיון חוזר',
  retryIn: 'ניסיון חוזר בעוד {age}',
  retrying: 'מתבצע ניסיון חוזר…',
  code: 'קוד {code}',
  unreachable: 'לא ניתן להתחבר לשירות',
  busy: 'השירות עמוס',
  failed: 'אירעה שגיאה בשירות',
  refused: 'השירות דחה את הבקשה',
  notFound: 'לא נמצא',
  unexpected: 'משהו השתבש',
  unconnected: 'אין חיבור: יש להגדיר ‎base-url‎ או למקם את הרכיב בתוך ‎<cb-provider>‎.',
  signIn: 'יש להיכנס לחשבון כדי לצפות בתוכן.',
  forbidden: 'אין לך גישה לתוכן הזה.',
  needsRole: { one: 'נדרש התפקיד {roles}.', other: 'נדרש אחד התפקידים: {roles}.' },
  askAdmin: 'אפשר לפנות למנהלי סביבת העבודה.',
} satisfies Messages;
