import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  question: 'Run cleanup now?',
  consequence:
    'Expired preview bundles, abandoned temporary directories, orphaned objects and old logs are deleted. This can’t be undone.',
  onlyDry: 'The server allows dry runs only: nothing is deleted.',
  optionDry: 'Dry run: only list what would be deleted',
  optionReal: 'Delete what has expired',
  confirm: 'Run',
  confirmReal: 'Delete now',
};

/** The texts of the question before a run. */
export const messages = defineMessages<keyof typeof en>(
  'cb-cleanup-monitor-run',
  en,
  (language) => import(`../../src/i18n/${language}/cb-cleanup-monitor-run.ts`),
);
