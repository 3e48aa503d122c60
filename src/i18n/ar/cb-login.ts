import type { Messages } from '../catalogue.ts';

export default {
  heading: 'تسجيل الدخول',
  email: 'البريد الإلكتروني',
  password: 'كلمة المرور',
  domain: 'النطاق',
  domainWhy: 'هذا البريد موجود في عدة مساحات عمل. أدخل أحد نطاقاتك لاختيار واحدة منها.',
  submit: 'تسجيل الدخول',
  submitting: 'جارٍ تسجيل الدخول…',
  missing: 'يُرجى تعبئة: {fields}.',
  wrong: 'البريد الإلكتروني أو كلمة المرور غير صحيحة.',
  wrongDomain: 'البريد الإلكتروني أو كلمة المرور أو النطاق غير صحيح.',
  locked: 'محاولات كثيرة جدًا. حاول مجددًا بعد {age}.',
  alone: 'لتسجيل الدخول ضع هذا العنصر داخل ‎<cb-provider>‎.',
  signedIn: 'تم تسجيل الدخول باسم {name}',
  menu: 'حساب {name}',
  role: 'الدور',
  workspace: 'مساحة العمل',
  domains: 'النطاقات',
  allDomains: 'الكل',
  signOut: 'تسجيل الخروج',
} satisfies Messages;
