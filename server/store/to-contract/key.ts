import { sql, type Selectable, type SqlBool } from 'kysely';
import type { Schemas } from '../../contract/index.ts';
import { keyPrefix } from '../../model/key-prefix.ts';
import { time } from '../database/batch-columns.ts';
import type { TenancySchema } from '../database/schema/tenancy.ts';

export type KeyRow = Selectable<TenancySchema['api_keys']>;

/** A key as the contract has it. @param now epoch ms */
export function toKey(row: KeyRow, now: number): Schemas['Key'] {
  const until = row.previous_until;
  const holds = row.ended_at === null && until !== null && until.getTime() > now;
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    role: row.role,
    domains: row.domains,
    domain: row.domain,
    team: row.team,
    prefix: row.last_four === null ? null : keyPrefix(row.kind),
    lastFour: row.last_four,
    state: stateOf(row, now),
    createdAt: row.created_at.toISOString(),
    createdBy: { kind: row.creator_kind, id: row.creator_id, name: row.creator_name },
    lastUsedAt: textOf(row.last_used_at),
    lastAddress: row.last_network,
    expiresAt: textOf(row.expires_at),
    rotatedAt: textOf(row.rotated_at),
    previousSecret: holds
      ? { lastFour: row.previous_last_four, endsAt: until.toISOString() }
      : null,
    endedAt: textOf(row.ended_at),
  };
}

function stateOf({ ended_at, expires_at }: KeyRow, now: number): Schemas['KeyState'] {
  if (ended_at !== null) return 'ended';
  return expires_at !== null && expires_at.getTime() <= now ? 'expired' : 'active';
}

/** Whether a row is of a key in this state. */
export function isIn(state: Schemas['KeyState'], now: number) {
  const isExpired = sql`coalesce(expires_at <= ${time(now)}, false)`;
  return {
    ended: sql<SqlBool>`ended_at is not null`,
    expired: sql<SqlBool>`ended_at is null and ${isExpired}`,
    active: sql<SqlBool>`ended_at is null and not ${isExpired}`,
  }[state];
}

const textOf = (time: Date | null): string | null => time?.toISOString() ?? null;
