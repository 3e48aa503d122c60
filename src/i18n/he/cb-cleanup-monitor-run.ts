import type { Messages } from '../catalogue.ts';

export default {
  question: 'להפעיל ניקוי עכשיו?',
  consequence:
    'חבילות תצוגה מקדימה שפג תוקפן, תיקיות זמניות שננטשו, אובייקטים יתומים ויומנים ישנים יימחקו. אי אפשר לבטל את הפעולה.',
  onlyDry: 'השרת מאפשר הרצות ניסיון בלבד: דבר לא יימחק.',
  optionDry: 'הרצת ניסיון: הצגה בלבד של מה שהיה נמחק',
  optionReal: 'מחיקת מה שפג תוקפו',
  confirm: 'הפעלה',
  confirmReal: 'מחיקה עכשיו',
  cancel: 'ביטול',
} satisfies Messages;
