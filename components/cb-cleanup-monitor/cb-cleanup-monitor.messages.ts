import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  heading: 'Cleanup',
  enabled: 'Enabled',
  dryRun: 'Dry run',
  tmpDirs: 'Temp dirs kept',
  bundles: 'Bundles kept',
  logs: 'Logs kept',
  lastRun: 'Last run',
  yes: 'Yes',
  no: 'No',
  never: 'never',
  ago: '{age} ago, {duration}',
  agoDry: '{age} ago, dry run, {duration}',
  running: 'running now',
  queued: 'waiting to start',
  failedRun: '{age} ago, failed',
  type: 'Type',
  path: 'Path',
  when: 'When',
  size: 'Size',
  reason: 'Reason',
  'type.preview_bundle': 'Bundle',
  'type.temp_dir': 'Temp dir',
  'type.object': 'Object',
  'type.log': 'Log',
  'reason.expired': 'Expired',
  'reason.abandoned': 'Abandoned',
  'reason.orphaned': 'Orphaned',
  'reason.ttl_exceeded': 'Past TTL',
  wouldDelete: 'would be deleted',
  deleteFailed: 'not deleted',
  none: 'Nothing has been cleaned up yet.',
  run: 'Run cleanup now',
  unloadable: 'This could not be loaded. Reload the page.',
  doneReal: '{n} deleted, {size}',
  doneDry: 'Dry run: {n} would be deleted, {size}',
  doneFailed: '{n} could not be deleted',
};

/** A key of the monitor's texts. */
export type CleanupMessage = keyof typeof en;

export const messages = defineMessages<CleanupMessage>(
  'cb-cleanup-monitor',
  en,
  (language) => import(`../../src/i18n/${language}/cb-cleanup-monitor.ts`),
);
