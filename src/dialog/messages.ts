import { defineMessages } from '../i18n/catalogue.ts';

const en = {
  cancel: 'Cancel',
};

/** The texts of dialogs. */
export const dialogMessages = defineMessages<keyof typeof en>(
  'dialog',
  en,
  (language) => import(`../i18n/${language}/dialog.ts`),
);
