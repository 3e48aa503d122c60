import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Example title',
  requests: 'الطلبات',
  errors: 'الفاشلة',
  empty: 'لا طلبات في هذه الفترة. تظهر هنا فور إرسال أحد الوكلاء بيانات.',
} satisfies Messages;
