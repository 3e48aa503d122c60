import type { Messages } from '../catalogue.ts';

export default {
  retry: 'حاول الآن',
  retryIn: 'محاولة جديدة بعد {age}',
  retrying: 'تجري محاولة جديدة…',
  code: 'الرمز {code}',
  unreachable: 'تعذّر الوصول إلى الخدمة',
  busy: 'الخدمة مشغولة',
  failed: 'حدث خطأ في الخدمة',
  refused: 'رفضت الخدمة الطلب',
  notFound: 'غير موجود',
  unexpected: 'حدث خطأ ما',
  unconnected: 'غير متصل: لا يحيط به ‎<cb-provider>‎ وليس عليه ‎base-url‎.',
  signIn: 'سجّل الدخول لعرض هذا.',
  forbidden: 'ليس مسموحًا لك بعرض هذا.',
  needsRole: { one: 'يتطلب هذا الدور {roles}.', other: 'يتطلب هذا أحد الأدوار التالية: {roles}.' },
  askAdmin: 'اسأل مسؤول مساحة العمل هذه.',
} satisfies Messages;
