import type { Migration } from 'kysely/migration';
import { tenancy } from './0001_tenancy.ts';

/** In the order in which they run; a released migration is never changed. */
export const migrations: Record<string, Migration> = {
  '0001_tenancy': tenancy,
};
