import type { Messages } from '../catalogue.ts';

export default {
  heading: 'الأخطاء',
  severity: 'الخطورة',
  type: 'النوع',
  message: 'الرسالة',
  agent: 'الوكيل',
  at: 'متى',
  all: 'الكل',
  critical: 'حرج',
  error: 'خطأ',
  warning: 'تحذير',
  filters: 'عوامل التصفية',
  noMessage: 'بلا رسالة',
  noAgent: 'بلا وكيل',
  empty: 'لا أخطاء في هذه الفترة.',
  emptyWhy: 'تظهر هنا الأخطاء التي يبلغ عنها الوكلاء.',
  emptySeverity: 'لا أخطاء بهذه الخطورة في هذه الفترة.',
  name: 'الخطأ {type}',
} satisfies Messages;
