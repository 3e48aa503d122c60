import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What keys need to be managed through the API: who made them, what tells them apart, when they
 * end by themselves, and the secret before the current one. `generation` counts secrets, so that
 * what was opened or minted with one ends with it.
 */
const COLUMNS = [
  `alter table api_keys
    add column last_four text,
    add column generation integer not null default 0,
    add column rotated_at timestamptz,
    add column previous_hash text,
    add column previous_last_four text,
    add column previous_until timestamptz,
    add column expires_at timestamptz,
    add column creator_kind text not null default 'system',
    add column creator_id uuid,
    add column creator_name text not null default 'operator'`,
  // Until now only the operator made keys; whoever does it from now on says so.
  `alter table api_keys alter column creator_kind drop default, alter column creator_name drop default`,
  `create index api_keys_by_previous on api_keys (previous_hash) where previous_hash is not null`,
];

export const keys: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of COLUMNS) await sql.raw(statement).execute(db);
  },
};
