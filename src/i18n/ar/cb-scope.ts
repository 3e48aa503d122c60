import type { Messages } from '../catalogue.ts';

export default {
  heading: 'عوامل التصفية',
  domain: 'النطاق',
  model: 'النموذج',
  agent: 'الوكيل',
  user: 'المستخدم',
  'all.domain': 'كل النطاقات',
  'all.model': 'كل النماذج',
  'all.agent': 'كل الوكلاء',
  'all.user': 'كل المستخدمين',
  remove: 'إزالة عامل التصفية {filter}',
  clear: 'مسح عوامل التصفية',
  alone: 'ضع هذا داخل ‎<cb-provider>‎.',
} satisfies Messages;
