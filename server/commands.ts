import { text } from 'node:stream/consumers';
import type { ParseArgsConfig } from 'node:util';
import type { Role } from './api/caller.ts';
import { hashPassword, newApiKey, newPassword, digest } from './api/credentials.ts';
import type { Config } from './config.ts';
import { prepareDirectory } from './directory.ts';
import { StartError } from './start-error.ts';
import { openStore, type Store } from './store/database.ts';
import { DirectoryHeldError } from './store/pglite/lock.ts';
import { ProvisioningError, TenancyStore } from './store/tenancy.ts';

/** A command that is written wrong. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** The command line's options, for `parseArgs`. */
export const commandOptions = {
  workspace: { type: 'string' },
  role: { type: 'string' },
  domains: { type: 'string' },
  domain: { type: 'string' },
  name: { type: 'string' },
  kind: { type: 'string' },
  'password-stdin': { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

export type CommandValues = Partial<
  Record<Exclude<keyof typeof commandOptions, 'password-stdin'>, string>
> & { 'password-stdin'?: boolean };

interface Invocation {
  tenancy: TenancyStore;
  /** What follows the command's two words. */
  rest: readonly string[];
  values: CommandValues;
}

const ROLES = ['admin', 'viewer', 'support', 'developer', 'sysops', 'executive'];
const LEAST_PASSWORD = 8;

/** Each makes something and says what, one line a value, secrets shown this once. */
const commands: Record<string, (invocation: Invocation) => Promise<string[]>> = {
  'workspace create': async ({ tenancy, rest }) => {
    const [name] = takeOne(rest, 'the name of the workspace');
    const id = await tenancy.createWorkspace(name);
    return [`Workspace  ${name}`, `Id         ${id}`];
  },

  'account create': async ({ tenancy, rest, values }) => {
    const [email] = takeOne(rest, 'an email');
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new UsageError(`'${email}' is no email address.`);
    const role = roleOf(values.role);
    const workspaceId = await workspaceOf(tenancy, values);
    const given = values['password-stdin'] ? await passwordFromStdin() : undefined;
    const password = given ?? newPassword();
    const passwordHash = await hashPassword(password);
    const domains = listOf(values.domains);
    const name = values.name ?? email;
    const account = { email, name, role, domains, passwordHash };
    const id = await tenancy.createAccount(workspaceId, account);
    const shown = given === undefined ? [`Password  ${password}  (shown this once)`] : [];
    return [`Account   ${email}`, `Id        ${id}`, `Role      ${role}`, ...shown];
  },

  'key create': async ({ tenancy, rest, values }) => {
    if (rest.length > 0) throw new UsageError(`'${rest.join(' ')}' is too much.`);
    const { kind } = values;
    if (kind !== 'ingest' && kind !== 'api') throw new UsageError('--kind must be ingest or api.');
    const key = newApiKey(kind);
    const made = { name: values.name ?? kind, hash: digest(key) };
    const workspaceId = await workspaceOf(tenancy, values);
    if (kind === 'ingest') {
      refuse(values, ['role', 'domains'], 'an ingest key');
      await tenancy.createKey(workspaceId, { ...made, kind, domain: values.domain ?? null });
    } else {
      refuse(values, ['domain'], 'an API key');
      const role = roleOf(values.role);
      await tenancy.createKey(workspaceId, {
        ...made,
        kind,
        role,
        domains: listOf(values.domains),
      });
    }
    return [`Key  ${key}  (shown this once)`];
  },
};

/**
 * Runs a command that makes something.
 * @throws UsageError, StartError or ProvisioningError, in one line
 */
export async function runCommand(
  config: Config,
  words: readonly string[],
  values: CommandValues,
): Promise<string[]> {
  const name = words.slice(0, 2).join(' ');
  const command = commands[name];
  if (!command) throw new UsageError(`There is no command '${words.join(' ')}'.`);
  const store = await open(config);
  try {
    return await command({ tenancy: new TenancyStore(store), rest: words.slice(2), values });
  } finally {
    await store.close();
  }
}

async function open({ databaseUrl, dataDir }: Config): Promise<Store> {
  if (databaseUrl === undefined) await prepareDirectory(dataDir);
  try {
    return await openStore({ databaseUrl, dataDir });
  } catch (error) {
    if (!(error instanceof DirectoryHeldError)) throw error;
    throw new StartError(
      `${error.message}: stop it first, or give both a PostgreSQL (DATABASE_URL).`,
      error,
    );
  }
}

async function workspaceOf(tenancy: TenancyStore, { workspace }: CommandValues): Promise<string> {
  if (workspace !== undefined) return tenancy.findWorkspace(workspace);
  const id = await tenancy.operator();
  if (id === undefined)
    throw new ProvisioningError('There is no workspace yet: start the service.');
  return id;
}

function roleOf(role: string | undefined): Role {
  if (role !== undefined && ROLES.includes(role)) return role as Role;
  throw new UsageError(`--role must be one of ${ROLES.join(', ')}.`);
}

function listOf(list: string | undefined): string[] | null {
  if (list === undefined) return null;
  const items = list.split(',').map((item) => item.trim());
  if (items.includes('')) throw new UsageError(`'${list}' is no list of domains.`);
  return items;
}

function takeOne(rest: readonly string[], what: string): [string] {
  const [one, ...more] = rest;
  if (one === undefined || one.trim() === '') throw new UsageError(`Give ${what}.`);
  if (more.length > 0) throw new UsageError(`'${more.join(' ')}' is too much.`);
  return [one.trim()];
}

function refuse(values: CommandValues, names: (keyof CommandValues)[], what: string): void {
  const given = names.find((name) => values[name] !== undefined);
  if (given) throw new UsageError(`--${given} is not for ${what}.`);
}

async function passwordFromStdin(): Promise<string> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password.length < LEAST_PASSWORD) {
    throw new UsageError(`A password has at least ${LEAST_PASSWORD} characters.`);
  }
  return password;
}
