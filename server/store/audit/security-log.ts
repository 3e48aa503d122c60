/** What is noted of refusals, and of where accounts and keys are used from. */
import { sql, type Transaction } from 'kysely';
import { appendAudit, inSystem, type AuditEntry } from './audit.ts';
import type { Store } from '../database/database.ts';
import type { Schema } from '../database/schema.ts';
import type { SecurityEventTable } from '../database/schema/admin.ts';
import { time, unnest, type Column } from '../database/batch-columns.ts';
import { HOUR, MINUTE } from '../time/zones.ts';

/** How long refusals are kept, and addresses that were not seen again: then they are new once more. */
export const SECURITY_DAYS = 90;

/** Whom a refusal concerns, as far as what was shown tells. */
export type Suspect =
  | { kind: 'account' | 'key' | 'session'; id: string }
  /** The digest of a key that is not, or no longer, good. */
  | { kind: 'hash'; id: string };

/** Refusals that are alike. */
export interface Refusal {
  /** Epoch ms at which the minute begins. */
  minute: number;
  kind: SecurityEventTable['kind'];
  reason: string;
  /** `null`: nobody that is known. */
  suspect: Suspect | null;
  /** Empty: not told apart from others. */
  address: string;
  n: number;
  lastAt: number;
}

/** An account or key that was let in. */
export interface Use {
  workspaceId: string;
  subject: `account:${string}` | `key:${string}`;
  network: string;
  at: number;
  /** What the audit log is told, once an hour; `null`: it is told otherwise. */
  audit: AuditEntry | null;
}

/** When a key was last used, and where from. */
export interface Touch {
  keyId: string;
  network: string;
  at: number;
}

interface Place {
  workspaceId: string;
  subject: string;
}

type Row = Omit<Refusal, 'suspect'> & Place;

const columns: readonly Column<Row>[] = [
  ['workspace_id', 'uuid', ({ workspaceId }) => workspaceId],
  ['minute', 'timestamptz', ({ minute }) => time(minute)],
  ['kind', 'text', ({ kind }) => kind],
  ['reason', 'text', ({ reason }) => reason],
  ['subject', 'text', ({ subject }) => subject],
  ['address', 'text', ({ address }) => address],
  ['n', 'integer', ({ n }) => n],
  ['last_at', 'timestamptz', ({ lastAt }) => time(lastAt)],
];

export class SecurityLog {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds refusals: each to the workspace that it concerns, else to the operator's. */
  async noteRefusals(refusals: readonly Refusal[]): Promise<void> {
    if (refusals.length === 0) return;
    await this.#store.asSystem(async (tx) => {
      const places = await placesOf(
        tx,
        refusals.flatMap(({ suspect }) => suspect ?? []),
      );
      const operator = await operatorOf(tx);
      if (operator === undefined) return;
      const rows = new Map<string, Row>();
      for (const { suspect, ...refusal } of refusals) {
        const known = suspect && places.get(keyOf(suspect));
        const place = known ?? { workspaceId: operator, subject: '' };
        const { minute, kind, reason, address } = refusal;
        const key = JSON.stringify([place, minute, kind, reason, address]);
        const before = rows.get(key);
        rows.set(key, {
          ...place,
          ...refusal,
          n: refusal.n + (before?.n ?? 0),
          lastAt: Math.max(refusal.lastAt, before?.lastAt ?? 0),
        });
      }
      await sql`insert into security_events as t
          (workspace_id, minute, kind, reason, subject, address, n, last_at)
        select v.* from ${unnest(columns, [...rows.values()])}
        order by v.workspace_id, v.minute, v.kind, v.reason, v.subject, v.address
        on conflict (workspace_id, minute, kind, reason, subject, address) do update
        set n = t.n + excluded.n, last_at = greatest(t.last_at, excluded.last_at)`.execute(tx);
    });
  }

  /** Notes the last use of a key, once a minute however many replicas it uses. */
  async touchKey({ keyId, network, at }: Touch): Promise<void> {
    await this.#store.asSystem((tx) =>
      sql`update api_keys set last_used_at = ${time(at)}, last_network = ${network}
        where id = ${keyId} and coalesce(last_used_at <= ${time(at - MINUTE)}, true)`.execute(tx),
    );
  }

  /** Notes that somebody was let in; of several in an hour from one network the first is audited. */
  async noteUse({ workspaceId, subject, network, at, audit }: Use): Promise<void> {
    const now = time(at);
    const hour = time(Math.floor(at / HOUR) * HOUR);
    await this.#store.asSystem(async (tx) => {
      const { rows } = await sql`
        insert into known_addresses as t
          (workspace_id, subject, network, first_at, last_at, noted_at)
        values (${workspaceId}, ${subject}, ${network}, ${now}, ${now}, ${hour})
        on conflict (workspace_id, subject, network) do update
        set last_at = excluded.last_at, noted_at = excluded.noted_at
        where t.noted_at < excluded.noted_at
        returning 1`.execute(tx);
      if (rows.length > 0 && audit) await appendAudit(inSystem(tx, workspaceId), audit, at);
    });
  }
}

const keyOf = ({ kind, id }: Suspect): string => `${kind}:${id}`;

/** The workspace and subject that each suspect turns out to be. */
async function placesOf(
  tx: Transaction<Schema>,
  suspects: readonly Suspect[],
): Promise<Map<string, Place>> {
  const ids = (kind: Suspect['kind']) =>
    suspects.filter((suspect) => suspect.kind === kind).map(({ id }) => id);
  const [accounts, keys, sessions, hashes] = [
    ids('account'),
    ids('key'),
    ids('session'),
    ids('hash'),
  ];
  const { rows } = await sql<{ suspect: string; workspace_id: string; subject: string }>`
    select 'account:' || id as suspect, workspace_id, 'account:' || id as subject
      from accounts where id = any(${accounts}::uuid[])
    union all select 'key:' || id, workspace_id, 'key:' || id
      from api_keys where id = any(${keys}::uuid[])
    union all select 'session:' || id, workspace_id, 'account:' || account_id
      from sessions where id = any(${sessions}::uuid[])
    union all select 'hash:' || hash, workspace_id, 'key:' || id
      from api_keys where hash = any(${hashes}::text[])
    union all select 'hash:' || previous_hash, workspace_id, 'key:' || id
      from api_keys where previous_hash = any(${hashes}::text[])`.execute(tx);
  return new Map(
    rows.map((row) => [row.suspect, { workspaceId: row.workspace_id, subject: row.subject }]),
  );
}

async function operatorOf(tx: Transaction<Schema>): Promise<string | undefined> {
  const row = await tx
    .selectFrom('workspaces')
    .select('id')
    .where('operator', '=', true)
    .executeTakeFirst();
  return row?.id;
}
