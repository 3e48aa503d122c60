import type { Messages } from '../catalogue.ts';

export default {
  retry: 'إعادة المحاولة',
  retryIn: 'إعادة المحاولة بعد {age}',
  retrying: 'تجري إعادة المحاولة…',
  code: 'الرمز {code}',
  unreachable: 'تعذّر الوصول إلى الخدمة',
  busy: 'الخدمة مشغولة',
  failed: 'حدث خطأ في الخدمة',
  refused: 'رفضت الخدمة الطلب',
  notFound: 'غير موجود',
  unexpected: 'حدث خطأ ما',
  unconnected: 'غير متصل: اضبط ‎base-url‎ أو ضع هذا العنصر داخل ‎<cb-provider>‎.',
  signIn: 'سجّل الدخول لعرض هذا.',
  forbidden: 'ليس لديك إذن لعرض هذا.',
  needsRole: { one: 'يلزم الدور {roles}.', other: 'يلزم أحد الأدوار التالية: {roles}.' },
  askAdmin: 'تواصل مع أحد مسؤولي مساحة العمل هذه.',
} satisfies Messages;
