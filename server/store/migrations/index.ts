import type { Migration } from 'kysely/migration';

/** In the order in which they run; a released migration is never changed. */
export const migrations: Record<string, Migration> = {};
