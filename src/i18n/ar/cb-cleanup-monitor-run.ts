import type { Messages } from '../catalogue.ts';

export default {
  question: 'هل تبدأ التنظيف الآن؟',
  consequence:
    'تُحذف حزم المعاينة المنتهية والمجلدات المؤقتة المتروكة والكائنات اليتيمة والسجلات القديمة. لا يمكن التراجع عن ذلك.',
  onlyDry: 'يسمح الخادم بالتشغيل التجريبي فقط: لن يُحذف شيء.',
  optionDry: 'تشغيل تجريبي: اعرض فقط ما كان سيُحذف',
  optionReal: 'احذف ما انتهت صلاحيته',
  confirm: 'ابدأ',
  confirmReal: 'احذف الآن',
} satisfies Messages;
