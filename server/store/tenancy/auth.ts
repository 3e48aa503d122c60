import { sql, type Transaction } from 'kysely';
import { appendAudit, inSystem } from '../audit/audit.ts';
import type { Store } from '../database/database.ts';
import { uuidv7 } from '../database/uuid.ts';
import type { Schema } from '../database/schema.ts';
import type { Role } from '../database/schema/tenancy.ts';

interface Workspace {
  id: string;
  name: string;
  operator: boolean;
}

/** An account that may log in, with its workspace. */
export interface Account {
  id: string;
  email: string;
  name: string;
  role: Role;
  domains: string[] | null;
  /** Changes with the password: what was given out before no longer holds. */
  generation: number;
  workspace: Workspace;
}

/** A key that nobody has ended, with its workspace: it may have expired, see `keyHolds`. */
export interface ApiKey {
  id: string;
  kind: 'ingest' | 'api';
  name: string;
  role: Role | null;
  domains: string[] | null;
  domain: string | null;
  team: string | null;
  /** Which of its secrets is the current one: they are counted. */
  generation: number;
  /** Until when the secret before holds. */
  previousUntil: Date | null;
  /** When it ends by itself; `null`: never. */
  expiresAt: Date | null;
  workspace: Workspace;
}

/** A key that was found by a secret. */
export interface KeyOfSecret extends ApiKey {
  /** Which of its secrets that was. */
  usedGeneration: number;
}

export type Rotation =
  | { outcome: 'rotated'; sessionId: string; account: Account }
  /** The token had been used before: its session has been ended. */
  | { outcome: 'reused'; sessionId: string }
  | { outcome: 'refused' };

interface NewToken {
  /** Of the refresh token; the token itself is never kept. */
  hash: string;
  now: Date;
  expiresAt: Date;
}

/**
 * What sign-in needs to know before it knows the workspace, which is why all of it works across
 * workspaces. Nothing here answers a request's own question.
 */
export class AuthStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The accounts with this email that may log in, one for each workspace. */
  accountsByEmail(email: string): Promise<(Account & { passwordHash: string })[]> {
    return this.#store.asSystem(async (tx) => {
      const rows = await accounts(tx)
        .select('accounts.password_hash')
        .where('accounts.email', '=', email.toLowerCase())
        .orderBy('accounts.created_at')
        .execute();
      return rows.map((row) => ({ ...toAccount(row), passwordHash: row.password_hash }));
    });
  }

  /** Which of these workspaces know a domain: by its telemetry, its keys or its accounts. */
  workspacesWithDomain(workspaceIds: readonly string[], domain: string): Promise<Set<string>> {
    return this.#store.asSystem(async (tx) => {
      const { rows } = await sql<{ workspace_id: string }>`
        select workspace_id from model_sums
          where workspace_id = any(${workspaceIds}) and grain = 1440 and domain = ${domain}
        union select workspace_id from domain_sums
          where workspace_id = any(${workspaceIds}) and grain = 1440 and domain = ${domain}
        union select workspace_id from api_keys
          where workspace_id = any(${workspaceIds})
            and (domain = ${domain} or ${domain} = any(domains))
        union select workspace_id from accounts
          where workspace_id = any(${workspaceIds}) and ${domain} = any(domains)`.execute(tx);
      return new Set(rows.map((row) => row.workspace_id));
    });
  }

  /**
   * Starts a session with its first refresh token.
   * @param ip where it was started from
   * @returns its id; `undefined` where the account has ended, or its password has changed, since it
   * was read
   */
  startSession(account: Account, token: NewToken, ip: string): Promise<string | undefined> {
    const { hash, now, expiresAt } = token;
    return this.#store.asSystem(async (tx) => {
      const holds = await tx
        .selectFrom('accounts')
        .select('id')
        .where('id', '=', account.id)
        .where('generation', '=', account.generation)
        .where('disabled_at', 'is', null)
        .forUpdate()
        .executeTakeFirst();
      if (!holds) return undefined;
      const id = uuidv7(now.getTime());
      const owner = { workspace_id: account.workspace.id, expires_at: expiresAt.toISOString() };
      await tx
        .insertInto('sessions')
        .values({ ...owner, id, account_id: account.id, created_at: now.toISOString() })
        .execute();
      await tx
        .insertInto('refresh_tokens')
        .values({ ...owner, hash, session_id: id })
        .execute();
      const { id: accountId, email: name } = account;
      const actor = { kind: 'account', id: accountId, name } as const;
      const entry = { actor, action: 'auth.login', ip };
      await appendAudit(inSystem(tx, account.workspace.id), entry, now.getTime());
      return id;
    });
  }

  /**
   * Exchanges a refresh token for the next. Of two that try at once one is a reuse, unless both
   * are to get the same next one: then it is one request that came twice.
   */
  rotate(hash: string, next: NewToken): Promise<Rotation> {
    return this.#store.asSystem(async (tx) => {
      const now = next.now.toISOString();
      const expires_at = next.expiresAt.toISOString();
      const used = await tx
        .updateTable('refresh_tokens')
        .set({ used_at: now })
        .where('hash', '=', hash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', sql<Date>`${now}::timestamptz`)
        .returning('session_id')
        .executeTakeFirst();
      const sessionId = used?.session_id ?? (await repeated(tx, hash, next));
      if (sessionId === undefined) return refuse(tx, hash, now);
      const account = await sessionAccount(tx, sessionId);
      if (!account) return { outcome: 'refused' };
      await tx
        .insertInto('refresh_tokens')
        .values({
          workspace_id: account.workspace.id,
          hash: next.hash,
          session_id: sessionId,
          expires_at,
        })
        .onConflict((same) => same.column('hash').doUpdateSet({ expires_at }))
        .execute();
      await tx.updateTable('sessions').set({ expires_at }).where('id', '=', sessionId).execute();
      return { outcome: 'rotated', sessionId, account };
    });
  }

  /** Ends the session of a refresh token. @returns the session, where there was one */
  endSessionOf(hash: string, now: Date, ip: string): Promise<string | undefined> {
    return this.#store.asSystem(async (tx) => {
      const token = await tx
        .selectFrom('refresh_tokens')
        .select('session_id')
        .where('hash', '=', hash)
        .executeTakeFirst();
      if (!token) return undefined;
      const account = await sessionAccount(tx, token.session_id);
      await endSession(tx, token.session_id, now.toISOString());
      if (account) {
        const actor = { kind: 'account', id: account.id, name: account.email } as const;
        const entry = { actor, action: 'auth.logout', ip };
        await appendAudit(inSystem(tx, account.workspace.id), entry, now.getTime());
      }
      return token.session_id;
    });
  }

  /** Whose session this is; `undefined` where it or its account has ended. */
  accountOfSession(sessionId: string): Promise<Account | undefined> {
    return this.#store.asSystem((tx) => sessionAccount(tx, sessionId));
  }

  account(id: string): Promise<Account | undefined> {
    return this.#store.asSystem(async (tx) => {
      const row = await accounts(tx).where('accounts.id', '=', id).executeTakeFirst();
      return row && toAccount(row);
    });
  }

  /** The key of a secret, its current one or the one before, by the secret's hash. */
  key({ hash }: { hash: string }): Promise<KeyOfSecret | undefined> {
    return this.#store.asSystem(async (tx) => {
      const row = await keys(tx)
        .select('api_keys.hash')
        .where(({ eb, or }) =>
          or([eb('api_keys.hash', '=', hash), eb('api_keys.previous_hash', '=', hash)]),
        )
        // The operator may have chosen a secret that another key had before.
        .orderBy(sql`api_keys.hash = ${hash}`, 'desc')
        .executeTakeFirst();
      if (!row) return undefined;
      const usedGeneration = row.hash === hash ? row.generation : row.generation - 1;
      return { ...toKey(row), usedGeneration };
    });
  }

  keyById(id: string): Promise<ApiKey | undefined> {
    return this.#store.asSystem(async (tx) => {
      const row = await keys(tx).where('api_keys.id', '=', id).executeTakeFirst();
      return row && toKey(row);
    });
  }

  /** Removes sessions whose last refresh token has ended, and with them their tokens. */
  async prune(now: Date): Promise<void> {
    const time = sql<Date>`${now.toISOString()}::timestamptz`;
    await this.#store.asSystem(async (tx) => {
      await tx.deleteFrom('sessions').where('expires_at', '<', time).execute();
      await tx.deleteFrom('refresh_tokens').where('expires_at', '<', time).execute();
    });
  }
}

const workspaceColumns = [
  'workspaces.id as workspace_id',
  'workspaces.name as workspace_name',
  'workspaces.operator as workspace_operator',
] as const;

interface WorkspaceColumns {
  workspace_id: string;
  workspace_name: string;
  workspace_operator: boolean;
}

const toWorkspace = (row: WorkspaceColumns): Workspace => ({
  id: row.workspace_id,
  name: row.workspace_name,
  operator: row.workspace_operator,
});

type AccountColumns = WorkspaceColumns & Omit<Account, 'workspace'>;

const toAccount = ({
  id,
  email,
  name,
  role,
  domains,
  generation,
  ...row
}: AccountColumns): Account => ({
  id,
  email,
  name,
  role,
  domains,
  generation,
  workspace: toWorkspace(row),
});

const accounts = (tx: Transaction<Schema>) =>
  tx
    .selectFrom('accounts')
    .innerJoin('workspaces', 'workspaces.id', 'accounts.workspace_id')
    .select(['accounts.id', 'accounts.email', 'accounts.name'])
    .select(['accounts.role', 'accounts.domains', 'accounts.generation'])
    .select(workspaceColumns)
    .where('accounts.disabled_at', 'is', null);

const keys = (tx: Transaction<Schema>) =>
  tx
    .selectFrom('api_keys')
    .innerJoin('workspaces', 'workspaces.id', 'api_keys.workspace_id')
    .select(['api_keys.id', 'api_keys.kind', 'api_keys.name', 'api_keys.role'])
    .select(['api_keys.domains', 'api_keys.domain', 'api_keys.team', 'api_keys.generation'])
    .select(['api_keys.previous_until as previousUntil', 'api_keys.expires_at as expiresAt'])
    .select(workspaceColumns)
    .where('api_keys.ended_at', 'is', null);

type KeyColumns = WorkspaceColumns & Omit<ApiKey, 'workspace'>;

const toKey = ({ id, kind, name, role, domains, domain, team, ...row }: KeyColumns): ApiKey => ({
  ...{ id, kind, name, role, domains, domain, team },
  generation: row.generation,
  previousUntil: row.previousUntil,
  expiresAt: row.expiresAt,
  workspace: toWorkspace(row),
});

async function sessionAccount(
  tx: Transaction<Schema>,
  sessionId: string,
): Promise<Account | undefined> {
  const row = await accounts(tx)
    .innerJoin('sessions', 'sessions.account_id', 'accounts.id')
    .where('sessions.id', '=', sessionId)
    .where('sessions.ended_at', 'is', null)
    .executeTakeFirst();
  return row && toAccount(row);
}

const endSession = (tx: Transaction<Schema>, id: string, now: string) =>
  tx
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();

const DAY_MS = 24 * 3_600_000;

/**
 * The session of a token that was exchanged for just this next one a while ago: whoever asks did
 * not hear the answer, or it would be in use.
 */
async function repeated(
  tx: Transaction<Schema>,
  hash: string,
  next: NewToken,
): Promise<string | undefined> {
  const since = new Date(next.now.getTime() - DAY_MS).toISOString();
  const row = await tx
    .selectFrom('refresh_tokens as old')
    .innerJoin('refresh_tokens as next', 'next.session_id', 'old.session_id')
    .select('old.session_id')
    .where('old.hash', '=', hash)
    .where('old.used_at', '>', sql<Date>`${since}::timestamptz`)
    .where('next.hash', '=', next.hash)
    .where('next.used_at', 'is', null)
    .forUpdate('next')
    .executeTakeFirst();
  return row?.session_id;
}

/** A token that was not to be had: unknown, ended, or used before, which ends its whole family. */
async function refuse(tx: Transaction<Schema>, hash: string, now: string): Promise<Rotation> {
  const token = await tx
    .selectFrom('refresh_tokens')
    .select(['session_id', 'used_at'])
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (!token?.used_at) return { outcome: 'refused' };
  await endSession(tx, token.session_id, now);
  return { outcome: 'reused', sessionId: token.session_id };
}
