import { type Account, type AuthStore } from '../store/tenancy/auth.ts';
import { verifyNothing, verifyPassword } from './credentials.ts';
import { knows, type Device } from './devices.ts';
import type { Limits } from './limits.ts';

type WithPassword = Awaited<ReturnType<AuthStore['accountsByEmail']>>[number];

export interface PasswordLogin {
  email: string;
  password: string;
  /** Of the workspace that is meant, or its name. */
  domain: string | undefined;
  /** As `networkOf` has it. */
  network: string;
  devices: readonly Device[];
  /** All accounts with this email. */
  accounts: readonly WithPassword[];
}

/**
 * The accounts that a password opens. Those that know the device are tried first, on its own count;
 * the others as a stranger's, so that a device of one account is no help against another account of
 * the same email.
 * @throws Problem 429
 */
export async function openedBy(
  store: AuthStore,
  limits: Limits,
  { email, password, domain, network, devices, accounts }: PasswordLogin,
): Promise<Account[]> {
  const meant = await ofDomain(store, accounts, domain);
  const own = meant.flatMap((account) => {
    const device = devices.find((each) => knows(each, account));
    return device ? [{ account, device }] : [];
  });
  if (own.length > 0) {
    const opened: Account[] = [];
    for (const { account, device } of own) {
      const takeBack = await limits.countDeviceLogin(device.id);
      if (!(await verifyPassword(account.passwordHash, password))) continue;
      await takeBack();
      opened.push(account);
    }
    if (opened.length > 0 || own.length === meant.length) return opened;
  }
  const takeBack = await limits.countLogin({ email, network });
  const others = meant.filter((account) => !own.some((each) => each.account === account));
  if (others.length === 0) await verifyNothing(password);
  const fits = await Promise.all(
    others.map(({ passwordHash }) => verifyPassword(passwordHash, password)),
  );
  const opened = others.filter((_, index) => fits[index]);
  if (opened.length > 0) await takeBack(opened.length === accounts.length);
  return opened;
}

async function ofDomain(
  store: AuthStore,
  accounts: readonly WithPassword[],
  domain: string | undefined,
): Promise<readonly WithPassword[]> {
  if (domain === undefined) return accounts;
  const ids = accounts.map(({ workspace }) => workspace.id);
  const knowing = await store.workspacesWithDomain(ids, domain);
  return accounts.filter(({ workspace }) => knowing.has(workspace.id) || workspace.name === domain);
}
