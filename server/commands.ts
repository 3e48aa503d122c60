import type { ParseArgsConfig } from 'node:util';
import type { Role } from './api/caller.ts';
import { hashPassword, newApiKey, newPassword, digest } from './api/credentials.ts';
import type { Store } from './store/database.ts';
import { PriceStore } from './store/prices.ts';
import { ProvisioningError, type TenancyStore } from './store/tenancy.ts';

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
  provider: { type: 'string' },
  input: { type: 'string' },
  output: { type: 'string' },
  'cache-read': { type: 'string' },
  'cache-write': { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

export type CommandValues = Partial<
  Record<Exclude<keyof typeof commandOptions, 'password-stdin'>, string>
> & { 'password-stdin'?: boolean };

/** What a command works with. */
export interface Tools {
  store: Store;
  tenancy: TenancyStore;
  /** From standard input, where `--password-stdin` says so. */
  password?: string | undefined;
}

/** What a command does once it is known to be written right; it says what it made, line by line. */
export type Work = (tools: Tools) => Promise<string[]>;

/** Options that say what a model costs. */
const PRICES = ['provider', 'input', 'output', 'cache-read', 'cache-write'] as const;

const ROLES = ['admin', 'viewer', 'support', 'developer', 'sysops', 'executive'];

/** Each reads what follows its two words. Secrets are shown this once. */
const commands: Record<string, (rest: readonly string[], values: CommandValues) => Work> = {
  'workspace create': (rest, values) => {
    const name = takeOne(rest, 'the name of the workspace');
    refuse(values, Object.keys(commandOptions) as (keyof CommandValues)[], 'a workspace');
    return async ({ tenancy }) => {
      const id = await tenancy.createWorkspace(name);
      return [`Workspace  ${name}`, `Id         ${id}`];
    };
  },

  'account create': (rest, values) => {
    const email = takeOne(rest, 'an email');
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new UsageError(`'${email}' is no email address.`);
    refuse(values, ['kind', 'domain', ...PRICES], 'an account');
    const role = roleOf(values.role);
    const domains = listOf(values.domains);
    const name = values.name ?? email;
    return async ({ tenancy, password: given }) => {
      const workspaceId = await workspaceOf(tenancy, values);
      const password = given ?? newPassword();
      const passwordHash = await hashPassword(password);
      const account = { email, name, role, domains, passwordHash };
      const id = await tenancy.createAccount(workspaceId, account);
      const shown = given === undefined ? [`Password  ${password}  (shown this once)`] : [];
      return [`Account   ${email}`, `Id        ${id}`, `Role      ${role}`, ...shown];
    };
  },

  'key create': (rest, values) => {
    if (rest.length > 0) throw new UsageError(`'${rest.join(' ')}' is too much.`);
    const made = keyOf(values);
    return async ({ tenancy }) => {
      const key = newApiKey(made.kind);
      const workspaceId = await workspaceOf(tenancy, values);
      await tenancy.createKey(workspaceId, { ...made, hash: digest(key) });
      return [`Key  ${key}  (shown this once)`];
    };
  },

  'price set': (rest, values) => {
    const model = takeOne(rest, 'the name of a model');
    refuse(values, ['role', 'domains', 'domain', 'name', 'kind', 'password-stdin'], 'a price');
    const price = {
      provider: values.provider ?? null,
      model,
      inputPerMillion: usdOf(values, 'input'),
      outputPerMillion: usdOf(values, 'output'),
      cacheReadPerMillion: values['cache-read'] === undefined ? null : usdOf(values, 'cache-read'),
      cacheWritePerMillion:
        values['cache-write'] === undefined ? null : usdOf(values, 'cache-write'),
    };
    return async ({ tenancy, store }) => {
      const workspaceId = await workspaceOf(tenancy, values);
      const { version } = await new PriceStore(store).set(workspaceId, price);
      return [`Price  ${model}  (${version})`, 'It holds for requests that come from now on.'];
    };
  },
};

/**
 * Reads a command.
 * @throws UsageError where it is written wrong
 */
export function readCommand(words: readonly string[], values: CommandValues): Work {
  const command = commands[words.slice(0, 2).join(' ')];
  if (!command) throw new UsageError(`There is no command '${words.join(' ')}'.`);
  return command(words.slice(2), values);
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

function keyOf(values: CommandValues) {
  const { kind } = values;
  const name = values.name ?? kind ?? '';
  refuse(values, ['password-stdin', ...PRICES], 'a key');
  if (kind === 'ingest') {
    refuse(values, ['role', 'domains'], 'an ingest key');
    return { kind, name, domain: values.domain ?? null } as const;
  }
  if (kind !== 'api') throw new UsageError('--kind must be ingest or api.');
  refuse(values, ['domain'], 'an API key');
  return { kind, name, role: roleOf(values.role), domains: listOf(values.domains) } as const;
}

function usdOf(values: CommandValues, name: 'input' | 'output' | 'cache-read' | 'cache-write') {
  const usd = Number(values[name]?.trim() || Number.NaN);
  if (usd >= 0 && Number.isFinite(usd)) return usd;
  throw new UsageError(`--${name} must be US dollars per million tokens.`);
}

function takeOne(rest: readonly string[], what: string): string {
  const [one, ...more] = rest;
  if (one === undefined || one.trim() === '') throw new UsageError(`Give ${what}.`);
  if (more.length > 0) throw new UsageError(`'${more.join(' ')}' is too much.`);
  return one.trim();
}

function refuse(values: CommandValues, names: (keyof CommandValues)[], what: string): void {
  const given = names.find((name) => values[name] !== undefined);
  if (given) throw new UsageError(`--${given} is not for ${what}.`);
}
