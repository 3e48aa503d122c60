import type { Messages } from '../catalogue.ts';

export default {
  read: '{name}. استخدم مفاتيح الأسهم لقراءته.',
  showTable: 'عرض كجدول',
  showChart: 'عرض كمخطط',
  noChart: 'تعذّر تحميل المخطط. تُعرض بياناته في جدول.',
  retryChart: 'تحميل المخطط',
  partial: 'فترة جزئية',
  noData: 'لا بيانات',
  shown: 'المعروض في المخطط',
} satisfies Messages;
