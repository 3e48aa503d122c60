import type { Messages } from '../catalogue.ts';

export default {
  heading: 'النماذج',
  metric: 'المقياس',
  requests: 'الطلبات',
  tokens: 'الرموز',
  cost: 'التكلفة',
  model: 'النموذج',
  share: 'الحصة',
  unknown: 'نموذج غير معروف',
  other: {
    zero: 'لا نماذج أخرى',
    one: 'نموذج آخر',
    two: 'نموذجان آخران',
    few: '{n} نماذج أخرى',
    many: '{n} نموذجًا آخر',
    other: '{n} نموذج آخر',
  },
  chart: '{metric} حسب النموذج',
  empty: 'لا طلبات في هذه الفترة.',
  emptyWhy: 'تظهر هنا النماذج التي يستدعيها الوكلاء.',
} satisfies Messages;
