import type { Messages } from '../../src/i18n/catalogue.ts';
import type { ExecStreamMessage } from './cb-exec-stream.messages.ts';

const messages: Messages<ExecStreamMessage> = {
  heading: 'أحدث عمليات التنفيذ',
  status: 'الحالة',
  execution: 'التنفيذ',
  user: 'المستخدم',
  model: 'النموذج',
  progress: 'التقدم',
  elapsed: 'المدة',
  running: 'قيد التشغيل',
  completed: 'مكتمل',
  failed: 'فشل',
  abandoned: 'متروك',
  steps: '{done} من {total}',
  stepsSoFar: {
    zero: 'لا خطوات',
    one: 'خطوة واحدة',
    two: 'خطوتان',
    few: '{n} خطوات',
    many: '{n} خطوة',
    other: '{n} خطوة',
  },
  noUser: 'بلا مستخدم',
  noModel: 'بلا نموذج',
  pause: 'إيقاف مؤقت',
  resume: 'متابعة',
  resumeNew: { one: 'متابعة، {n} جديد', other: 'متابعة، {n} جديدة' },
  resumeMore: 'متابعة، {n} جديدة أو أكثر',
  arrived: {
    one: 'تنفيذ جديد واحد',
    two: 'تنفيذان جديدان',
    few: '{n} عمليات تنفيذ جديدة',
    other: '{n} عملية تنفيذ جديدة',
  },
  empty: 'لا توجد عمليات تنفيذ في هذه الفترة.',
  emptyWhy: 'تظهر هنا حالما يُبلغ أحد الوكلاء.',
  show: 'عرض التنفيذ {id}',
};
export default messages;
