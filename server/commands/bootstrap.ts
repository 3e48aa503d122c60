import {
  digest,
  hashPassword,
  keptOf,
  newApiKey,
  newPassword,
  verifyPassword,
} from '../auth/credentials.ts';
import type { Config } from '../config/config.ts';
import { SETTING_KEY } from '../store/tenancy/keys.ts';
import type { TenancyStore } from '../store/tenancy/tenancy.ts';

/** What was generated, to be shown once; only hashes of it are kept. */
export interface Generated {
  password?: string;
  ingestKey?: string;
}

type Settings = Pick<Config, 'adminEmail' | 'adminIsNamed' | 'adminPassword' | 'ingestKey'>;

/**
 * Makes the first account and the first key of the operator's workspace where there is none yet.
 * What the settings say of them holds at every start.
 */
export async function bootstrap(
  tenancy: TenancyStore,
  workspaceId: string,
  settings: Settings,
): Promise<Generated> {
  const lacks = await tenancy.lacks(workspaceId);
  return {
    ...(await ensureAdmin(tenancy, workspaceId, settings, lacks.accounts)),
    ...(await ensureIngestKey(tenancy, workspaceId, settings, lacks.ingestKeys)),
  };
}

async function ensureAdmin(
  tenancy: TenancyStore,
  workspaceId: string,
  { adminEmail: email, adminIsNamed, adminPassword }: Settings,
  isFirst: boolean,
): Promise<Generated> {
  if (!isFirst && !adminIsNamed && adminPassword === undefined) return {};
  const account = await tenancy.findAccount(workspaceId, email);
  if (!account) {
    const password = adminPassword ?? newPassword();
    const passwordHash = await hashPassword(password);
    const admin = { email, name: 'Admin', role: 'admin', domains: null, passwordHash } as const;
    await tenancy.createAccount(workspaceId, admin);
    return adminPassword === undefined ? { password } : {};
  }
  await tenancy.makeAdmin(account.id);
  if (adminPassword !== undefined) {
    const same = await verifyPassword(account.passwordHash, adminPassword);
    if (!same) await tenancy.setPassword(account.id, await hashPassword(adminPassword));
  }
  return {};
}

async function ensureIngestKey(
  tenancy: TenancyStore,
  workspaceId: string,
  { ingestKey }: Settings,
  isFirst: boolean,
): Promise<Generated> {
  const keep = (secret: { hash: string }, name: string): Promise<string> =>
    tenancy.createKey(workspaceId, { kind: 'ingest', name, domain: null, ...secret });
  if (ingestKey !== undefined) {
    // Of a chosen one nothing is shown.
    const id = await keep({ hash: digest(ingestKey) }, SETTING_KEY);
    for (const key of await tenancy.listKeys(workspaceId)) {
      if (key.name === SETTING_KEY && key.id !== id) await tenancy.endKey(key.id);
    }
    return {};
  }
  if (!isFirst) return {};
  const generated = newApiKey('ingest');
  await keep(keptOf(generated), 'Default');
  return { ingestKey: generated };
}
