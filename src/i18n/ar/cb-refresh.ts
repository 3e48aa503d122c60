import type { Messages } from '../catalogue.ts';

export default {
  heading: 'حداثة البيانات',
  live: 'مباشر',
  updated: 'آخر تحديث قبل {age}',
  waiting: 'جارٍ التحميل…',
  failing: {
    zero: 'لم يتعذّر تحديث أي عرض.',
    one: 'تعذّر تحديث عرض واحد.',
    two: 'تعذّر تحديث عرضين.',
    few: 'تعذّر تحديث {n} عروض.',
    many: 'تعذّر تحديث {n} عرضًا.',
    other: 'تعذّر تحديث {n} عرض.',
  },
  refresh: 'تحديث',
  alone: 'ضع هذا داخل ‎<cb-provider>‎.',
} satisfies Messages;
