import type { Messages } from '../catalogue.ts';

export default {
  heading: 'עדכניות',
  live: 'בזמן אמת',
  updated: 'עודכן לפני {age}',
  waiting: 'בטעינה…',
  failing: {
    one: 'לא ניתן היה לעדכן תצוגה אחת.',
    two: 'לא ניתן היה לעדכן שתי תצוגות.',
    other: 'לא ניתן היה לעדכן {n} תצוגות.',
  },
  refresh: 'רענון',
  alone: 'יש למקם את הרכיב בתוך ‎<cb-provider>‎.',
} satisfies Messages;
