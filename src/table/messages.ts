import { defineMessages, type MessageValues } from '../i18n/catalogue.ts';

const en = {
  open: 'Show {name}',
  previous: 'Previous page',
  next: 'Next page',
  pages: 'Pages',
  pause: 'Pause',
  resume: 'Resume',
  resumeNew: 'Resume, {n} new',
  resumeMore: 'Resume, {n}+ new',
};

/** A key of a table's texts. */
export type TableMessage = keyof typeof en;

/** Gives one of a table's texts in the reader's language. */
export type TranslateTable = (key: TableMessage, values?: MessageValues) => string;

/** The texts of tables, their pager and their live rows. */
export const tableMessages = defineMessages<TableMessage>(
  'table',
  en,
  (language) => import(`../i18n/${language}/table.ts`),
);
