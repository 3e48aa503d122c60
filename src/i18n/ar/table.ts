import type { Messages } from '../catalogue.ts';

export default {
  open: 'عرض {name}',
  previous: 'الصفحة السابقة',
  next: 'الصفحة التالية',
  pages: 'الصفحات',
  pause: 'إيقاف مؤقت',
  resume: 'متابعة',
  resumeNew: { one: 'متابعة، {n} جديد', other: 'متابعة، {n} جديدة' },
  resumeMore: 'متابعة، {n} جديدة أو أكثر',
} satisfies Messages;
