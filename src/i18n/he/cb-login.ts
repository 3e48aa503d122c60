import type { Messages } from '../catalogue.ts';

export default {
  heading: 'כניסה',
  email: 'דוא״ל',
  password: 'סיסמה',
  domain: 'דומיין',
  domainWhy:
    'כתובת הדוא״ל הזו שייכת לכמה סביבות עבודה. כדי לבחור באחת מהן, יש להזין אחד מהדומיינים שלך.',
  submit: 'כניסה',
  submitting: 'מתבצעת כניסה…',
  missing: 'יש למלא: {fields}.',
  wrong: 'הדוא״ל או הסיסמה שגויים.',
  wrongDomain: 'הדוא״ל, הסיסמה או הדומיין שגויים.',
  locked: 'יותר מדי ניסיונות. אפשר לנסות שוב בעוד {age}.',
  alone: 'כדי להיכנס, יש למקם את הרכיב בתוך ‎<cb-provider>‎.',
  signedIn: 'בוצעה כניסה בשם {name}',
  menu: 'החשבון של {name}',
  role: 'תפקיד',
  workspace: 'סביבת עבודה',
  domains: 'דומיינים',
  allDomains: 'הכול',
  signOut: 'יציאה',
} satisfies Messages;
