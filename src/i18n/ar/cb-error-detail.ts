import type { Messages } from '../catalogue.ts';

export default {
  heading: 'الخطأ',
  critical: 'حرج',
  error: 'خطأ',
  warning: 'تحذير',
  noMessage: 'لم تُرسل رسالة.',
  at: 'متى',
  domain: 'النطاق',
  user: 'المستخدم',
  agent: 'الوكيل',
  model: 'النموذج',
  tool: 'الأداة',
  executionId: 'التنفيذ',
  conversationId: 'المحادثة',
  traceId: 'التتبع',
  stack: 'المكدس',
  noStack: 'لم يُرسل مكدس.',
  empty: 'لم يُختر خطأ.',
  emptyWhy: 'اختر خطأ من قائمة الأخطاء لعرض مكدسه.',
} satisfies Messages;
