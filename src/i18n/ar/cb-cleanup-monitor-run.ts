import type { Messages } from '../catalogue.ts';

export default {
  question: 'هل تريد بدء التنظيف الآن؟',
  consequence:
    'ستُحذف حزم المعاينة المنتهية والمجلدات المؤقتة المتروكة والكائنات اليتيمة والسجلات القديمة. لا يمكن التراجع عن ذلك.',
  onlyDry: 'يسمح الخادم بالتشغيل التجريبي فقط: لن يُحذف شيء.',
  optionDry: 'تشغيل تجريبي: عرض ما كان سيُحذف فقط',
  optionReal: 'حذف ما انتهت صلاحيته',
  confirm: 'بدء',
  confirmReal: 'حذف الآن',
  cancel: 'إلغاء',
} satisfies Messages;
