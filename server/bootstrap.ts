import { digest, hashPassword, newApiKey, newPassword, verifyPassword } from './api/credentials.ts';
import type { Config } from './config.ts';
import type { TenancyStore } from './store/tenancy.ts';

/** What was generated, to be shown once; only hashes of it are kept. */
export interface Generated {
  password?: string;
  ingestKey?: string;
}

export interface Bootstrap {
  /** The operator's workspace. */
  workspaceId: string;
  generated: Generated;
}

type Settings = Pick<Config, 'adminEmail' | 'adminPassword' | 'ingestKey'>;

/**
 * Makes the first workspace, its first account and its first key where there is none yet. What the
 * settings say of them holds at every start.
 */
export async function bootstrap(tenancy: TenancyStore, settings: Settings): Promise<Bootstrap> {
  const workspaceId = await tenancy.ensureOperator();
  const lacks = await tenancy.lacks(workspaceId);
  const generated: Generated = {};

  const { adminEmail: email, adminPassword } = settings;
  const account = await tenancy.findAccount(workspaceId, email);
  if (!account && (adminPassword !== undefined || lacks.accounts)) {
    const password = adminPassword ?? (generated.password = newPassword());
    const passwordHash = await hashPassword(password);
    const admin = { email, name: 'Admin', role: 'admin', domains: null, passwordHash } as const;
    await tenancy.createAccount(workspaceId, admin);
  } else if (account && adminPassword !== undefined) {
    const same = await verifyPassword(account.passwordHash, adminPassword);
    if (!same) await tenancy.setPassword(account.id, await hashPassword(adminPassword));
  }

  const ingestKey =
    settings.ingestKey ??
    (lacks.ingestKeys ? (generated.ingestKey = newApiKey('ingest')) : undefined);
  if (ingestKey !== undefined) {
    const key = { kind: 'ingest', name: 'Default', domain: null, hash: digest(ingestKey) } as const;
    await tenancy.createKey(workspaceId, key);
  }
  return { workspaceId, generated };
}
