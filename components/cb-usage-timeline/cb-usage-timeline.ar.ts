import type { Messages } from '../../src/i18n/catalogue.ts';
import type { UsageTimelineMessage } from './cb-usage-timeline.messages.ts';

const messages: Messages<UsageTimelineMessage> = {
  heading: 'الاستخدام',
  range: 'الفترة',
  'range.24h': 'يوم',
  'range.7d': '٧ أيام',
  'range.30d': '٣٠ يومًا',
  'range.90d': '٩٠ يومًا',
  'rangeName.24h': 'يوم واحد',
  'rangeName.7d': 'سبعة أيام',
  'rangeName.30d': 'ثلاثون يومًا',
  'rangeName.90d': 'تسعون يومًا',
  metric: 'المقياس',
  'metric.requests': 'الطلبات',
  'metric.tokens': 'الرموز',
  'metric.cost': 'التكلفة',
  requests: 'الطلبات',
  errors: 'الأخطاء',
  input: 'الإدخال',
  output: 'الإخراج',
  cost: 'التكلفة',
  time: 'الوقت',
  soFar: '{time}، حتى الآن',
  chart: '{metric} عبر الزمن. تقرأ مفاتيح الأسهم المخطط نقطة نقطة.',
  showTable: 'عرض كجدول',
  showChart: 'عرض كمخطط',
  noChart: 'تعذّر تحميل المخطط؛ هذه أرقامه.',
  empty: 'لا طلبات في هذه الفترة.',
  emptyWhy: 'تظهر هنا حالما يُبلغ أحد الوكلاء.',
};
export default messages;
