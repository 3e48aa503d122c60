import type { Transaction } from 'kysely';
import { appendAudit, inSystem, OPERATOR } from '../audit/audit.ts';
import type { Store } from '../database/database.ts';
import { uuidv7 } from '../database/uuid.ts';
import type { Schema } from '../database/schema.ts';
import type { Role } from '../database/schema/tenancy.ts';
import { auditCreation, endKey, rowOf, type Doing, type NewKey } from './keys.ts';
import { isIn } from '../to-contract/key.ts';

export type { NewKey } from './keys.ts';

const PG_UNIQUE_VIOLATION = '23505';

/** What was to be made is there already, or what it belongs to isn't. */
export class ProvisioningError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProvisioningError';
  }
}

export interface NewAccount {
  email: string;
  name: string;
  role: Role;
  domains: readonly string[] | null;
  passwordHash: string;
}

/** Makes workspaces, accounts and keys: the operator's doing, not a request's. */
export class TenancyStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The operator's workspace; `undefined` where nothing has been made yet. */
  operator(): Promise<string | undefined> {
    return this.#store.asSystem(async (tx) => {
      const row = await tx
        .selectFrom('workspaces')
        .select('id')
        .where('operator', '=', true)
        .executeTakeFirst();
      return row?.id;
    });
  }

  /** @throws ProvisioningError where none, or more than one, has this id or name */
  async findWorkspace(idOrName: string): Promise<string> {
    const rows = await this.#store.asSystem((tx) =>
      tx.selectFrom('workspaces').select(['id', 'name']).execute(),
    );
    const found = rows.filter(({ id, name }) => id === idOrName || name === idOrName);
    const [first] = found;
    if (!first) throw new ProvisioningError(`There is no workspace '${idOrName}'.`);
    if (found.length > 1) {
      throw new ProvisioningError(`Several workspaces are named '${idOrName}': give its id.`);
    }
    return first.id;
  }

  /** The operator's workspace. Of several replicas that find none one makes it. */
  async ensureOperator(): Promise<string> {
    const there = await this.operator();
    if (there !== undefined) return there;
    try {
      return await this.#insertWorkspace('Default', true);
    } catch (error) {
      if ((error as { code?: string }).code !== PG_UNIQUE_VIOLATION) throw error;
      const made = await this.operator();
      if (made === undefined) throw error;
      return made;
    }
  }

  /** A tenant's: also before the first start its admins don't look after the installation. */
  async createWorkspace(name: string): Promise<string> {
    await this.ensureOperator();
    return this.#insertWorkspace(name, false);
  }

  /** @throws ProvisioningError where the workspace has an account with this email */
  createAccount(workspaceId: string, account: NewAccount): Promise<string> {
    return this.#store.asSystem(async (tx) => {
      const id = uuidv7();
      const email = account.email.toLowerCase();
      const made = await tx
        .insertInto('accounts')
        .values({
          workspace_id: workspaceId,
          id,
          email,
          name: account.name,
          role: account.role,
          domains: account.domains && [...account.domains],
          password_hash: account.passwordHash,
          created_at: new Date().toISOString(),
          disabled_at: null,
        })
        .onConflict((conflict) => conflict.columns(['email', 'workspace_id']).doNothing())
        .returning('id')
        .executeTakeFirst();
      if (!made) throw new ProvisioningError(`The account ${email} already exists.`);
      const details = { role: account.role, domains: account.domains };
      await audit(tx, workspaceId, 'account.create', email, details);
      return id;
    });
  }

  /** What a workspace lacks that nobody could use it without. */
  lacks(workspaceId: string): Promise<{ accounts: boolean; ingestKeys: boolean }> {
    return this.#store.asSystem(async (tx) => {
      const account = await tx
        .selectFrom('accounts')
        .select('id')
        .where('workspace_id', '=', workspaceId)
        .limit(1)
        .executeTakeFirst();
      const key = await tx
        .selectFrom('api_keys')
        .select('id')
        .where('workspace_id', '=', workspaceId)
        .where('kind', '=', 'ingest')
        .limit(1)
        .executeTakeFirst();
      return { accounts: !account, ingestKeys: !key };
    });
  }

  /** The account with this email in this workspace. */
  findAccount(
    workspaceId: string,
    email: string,
  ): Promise<{ id: string; passwordHash: string } | undefined> {
    return this.#store.asSystem((tx) =>
      tx
        .selectFrom('accounts')
        .select(['id', 'password_hash as passwordHash'])
        .where('workspace_id', '=', workspaceId)
        .where('email', '=', email.toLowerCase())
        .executeTakeFirst(),
    );
  }

  /** Sets an account's password and ends all its sessions and the tokens that it minted. */
  async setPassword(accountId: string, passwordHash: string): Promise<void> {
    await this.#store.asSystem(async (tx) => {
      const changed = await tx
        .updateTable('accounts')
        .set(({ eb }) => ({ password_hash: passwordHash, generation: eb('generation', '+', 1) }))
        .where('id', '=', accountId)
        .returning(['workspace_id', 'email'])
        .executeTakeFirst();
      if (changed) await audit(tx, changed.workspace_id, 'account.password', changed.email);
      await endSessions(tx, accountId);
    });
  }

  /** Makes an account one that may log in and do everything, whatever it was. */
  async makeAdmin(accountId: string): Promise<void> {
    await this.#store.asSystem(async (tx) => {
      const changed = await tx
        .updateTable('accounts')
        .set({ role: 'admin', domains: null, disabled_at: null })
        .where('id', '=', accountId)
        .where(({ eb, or }) =>
          or([
            eb('role', '<>', 'admin'),
            eb('domains', 'is not', null),
            eb('disabled_at', 'is not', null),
          ]),
        )
        .returning(['workspace_id', 'email'])
        .executeTakeFirst();
      if (changed) await audit(tx, changed.workspace_id, 'account.admin', changed.email);
    });
  }

  /** Keeps an account from logging in; its sessions and tokens end, also for when it is back. */
  async disableAccount(accountId: string): Promise<void> {
    await this.#store.asSystem(async (tx) => {
      const changed = await tx
        .updateTable('accounts')
        .set(({ eb }) => ({
          disabled_at: new Date().toISOString(),
          generation: eb('generation', '+', 1),
        }))
        .where('id', '=', accountId)
        .returning(['workspace_id', 'email'])
        .executeTakeFirst();
      if (changed) await audit(tx, changed.workspace_id, 'account.disable', changed.email);
      await endSessions(tx, accountId);
    });
  }

  /** @returns its id, also where the same key was there before */
  createKey(workspaceId: string, key: NewKey): Promise<string> {
    return this.#store.asSystem(async (tx) => {
      const doing = byOperator();
      const row = await tx
        .insertInto('api_keys')
        .values(rowOf(workspaceId, key, doing))
        .onConflict((conflict) =>
          conflict
            .column('hash')
            .doUpdateSet({ ended_at: null })
            .where('api_keys.ended_at', 'is not', null),
        )
        .returning(['id', 'kind', 'name', 'role', 'domains', 'domain', 'team', 'expires_at'])
        .executeTakeFirst();
      if (row) {
        await auditCreation(inSystem(tx, workspaceId), row, doing);
        return row.id;
      }
      // It is there, and it holds.
      const same = tx.selectFrom('api_keys').select('id').where('hash', '=', key.hash);
      return (await same.executeTakeFirstOrThrow()).id;
    });
  }

  /** The workspace's keys that hold, the oldest first. */
  listKeys(workspaceId: string) {
    return this.#store.asSystem((tx) =>
      tx
        .selectFrom('api_keys')
        .select(['id', 'kind', 'name', 'role', 'domains', 'domain', 'team'])
        .where('workspace_id', '=', workspaceId)
        .where(isIn('active', Date.now()))
        .orderBy('id')
        .execute(),
    );
  }

  /** Ends a key. */
  async endKey(id: string): Promise<void> {
    await this.#store.asSystem(async (tx) => {
      const key = await tx
        .selectFrom('api_keys')
        .select('workspace_id')
        .where('id', '=', id)
        .executeTakeFirst();
      if (key) await endKey(inSystem(tx, key.workspace_id), id, byOperator());
    });
  }

  #insertWorkspace(name: string, operator: boolean): Promise<string> {
    return this.#store.asSystem(async (tx) => {
      const id = uuidv7();
      const created_at = new Date().toISOString();
      await tx.insertInto('workspaces').values({ id, name, operator, created_at }).execute();
      await audit(tx, id, 'workspace.create', name);
      return id;
    });
  }
}

async function endSessions(tx: Transaction<Schema>, accountId: string): Promise<void> {
  await tx
    .updateTable('sessions')
    .set({ ended_at: new Date().toISOString() })
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .execute();
}

const byOperator = (): Doing => ({ actor: OPERATOR, now: Date.now() });

/** Each of these is the doing of whoever runs the installation. */
const audit = (
  tx: Transaction<Schema>,
  workspaceId: string,
  action: string,
  target: string,
  details: Record<string, unknown> = {},
): Promise<void> =>
  appendAudit(inSystem(tx, workspaceId), { actor: OPERATOR, action, target, details });
