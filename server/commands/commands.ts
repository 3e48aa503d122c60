import type { ParseArgsConfig } from 'node:util';
import type { Role } from '../auth/caller.ts';
import { hashPassword, keptOf, newApiKey, newPassword } from '../auth/credentials.ts';
import type { Store } from '../store/database/database.ts';
import { PriceStore } from '../store/tenancy/prices.ts';
import { ProvisioningError, type TenancyStore } from '../store/tenancy/tenancy.ts';

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
  team: { type: 'string' },
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

const ALL = Object.keys(commandOptions) as (keyof CommandValues)[];
/** Options that a command doesn't take that only wants to know where. */
const NOT_WORKSPACE = ALL.filter((name) => name !== 'workspace');
const NOT_PASSWORD = NOT_WORKSPACE.filter((name) => name !== 'password-stdin');
/** Options that say what a model costs. */
const PRICES = ['provider', 'input', 'output', 'cache-read', 'cache-write'] as const;

const ROLES = ['admin', 'viewer', 'support', 'developer', 'sysops', 'executive'];

/** Each reads what follows its two words. Secrets are shown this once. */
const commands: Record<string, (rest: readonly string[], values: CommandValues) => Work> = {
  'workspace create': (rest, values) => {
    const name = takeOne(rest, 'the name of the workspace');
    refuse(values, ALL, 'workspace create');
    return async ({ tenancy }) => {
      const id = await tenancy.createWorkspace(name);
      return [`Workspace  ${name}`, `Id         ${id}`];
    };
  },

  'account create': (rest, values) => {
    const email = takeOne(rest, 'an email');
    if (!/^[^\s@]+@[^\s@]+$/.test(email) || email.length > 254)
      throw new UsageError(`'${email}' is not an email address.`);
    refuse(values, ['kind', 'domain', 'team', ...PRICES], 'account create');
    const role = roleOf(values.role);
    const domains = listOf(values.domains);
    const name = values.name ?? email;
    return async ({ tenancy, password: given }) => {
      const workspaceId = await workspaceOf(tenancy, values);
      const { passwordHash, shown } = await passwordOf(given);
      const account = { email, name, role, domains, passwordHash };
      const id = await tenancy.createAccount(workspaceId, account);
      return [`Account   ${email}`, `Id        ${id}`, `Role      ${role}`, ...shown];
    };
  },

  'account disable': (rest, values) => {
    const email = takeOne(rest, 'an email');
    refuse(values, NOT_WORKSPACE, 'account disable');
    return async ({ tenancy }) => {
      const account = await accountOf(tenancy, email, values);
      await tenancy.disableAccount(account.id);
      return [`${email} can't log in any more; all sessions have ended.`];
    };
  },

  'account password': (rest, values) => {
    const email = takeOne(rest, 'an email');
    refuse(values, NOT_PASSWORD, 'account password');
    return async ({ tenancy, password: given }) => {
      const account = await accountOf(tenancy, email, values);
      const { passwordHash, shown } = await passwordOf(given);
      await tenancy.setPassword(account.id, passwordHash);
      return [`Account   ${email}: password changed; all sessions have ended.`, ...shown];
    };
  },

  'key create': (rest, values) => {
    if (rest.length > 0) throw new UsageError(`Unexpected argument '${rest.join(' ')}'.`);
    const made = keyOf(values);
    return async ({ tenancy }) => {
      const key = newApiKey(made.kind);
      const workspaceId = await workspaceOf(tenancy, values);
      const id = await tenancy.createKey(workspaceId, { ...made, ...keptOf(key) });
      return [`Key  ${key}  (shown only once)`, `Id   ${id}`];
    };
  },

  'key list': (rest, values) => {
    if (rest.length > 0) throw new UsageError(`Unexpected argument '${rest.join(' ')}'.`);
    refuse(values, NOT_WORKSPACE, 'key list');
    return async ({ tenancy }) =>
      (await tenancy.listKeys(await workspaceOf(tenancy, values))).map(
        ({ id, kind, name, role, domains, domain, team }) =>
          [id, kind, role, (domains ?? [domain ?? 'all']).join(','), name, team && `team ${team}`]
            .filter((part) => part !== null)
            .join('  '),
      );
  },

  'key end': (rest, values) => {
    const id = takeOne(rest, 'the id of a key');
    refuse(values, NOT_WORKSPACE, 'key end');
    return async ({ tenancy }) => {
      const keys = await tenancy.listKeys(await workspaceOf(tenancy, values));
      const key = keys.find((each) => each.id === id) ?? fail(`There is no key ${id}.`);
      await tenancy.endKey(key.id);
      return [`Key ${id} has ended, and so have the embed tokens made with it.`];
    };
  },

  'price set': (rest, values) => {
    const model = takeOne(rest, 'the name of a model');
    const others = ['role', 'domains', 'domain', 'team', 'name', 'kind', 'password-stdin'] as const;
    refuse(values, others, 'price set');
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
      return [`Price  ${model}  (${version})`, 'It applies to requests received from now on.'];
    };
  },
};

/**
 * Reads a command.
 * @throws UsageError where it is written wrong
 */
export function readCommand(words: readonly string[], values: CommandValues): Work {
  const command = commands[words.slice(0, 2).join(' ')];
  if (!command) throw new UsageError(`Unknown command '${words.join(' ')}'.`);
  return command(words.slice(2), values);
}

/** The password that was given, or a new one, which is shown. */
async function passwordOf(given: string | undefined) {
  const password = given ?? newPassword();
  const shown = given === undefined ? [`Password  ${password}  (shown only once)`] : [];
  return { passwordHash: await hashPassword(password), shown };
}

async function accountOf(tenancy: TenancyStore, email: string, values: CommandValues) {
  const account = await tenancy.findAccount(await workspaceOf(tenancy, values), email);
  return account ?? fail(`There is no account ${email}.`);
}

function fail(message: string): never {
  throw new ProvisioningError(message);
}

async function workspaceOf(tenancy: TenancyStore, { workspace }: CommandValues): Promise<string> {
  if (workspace !== undefined) return tenancy.findWorkspace(workspace);
  return (await tenancy.operator()) ?? fail('There is no workspace yet: start the service.');
}

function roleOf(role: string | undefined): Role {
  if (role !== undefined && ROLES.includes(role)) return role as Role;
  throw new UsageError(`--role must be one of ${ROLES.join(', ')}.`);
}

function listOf(list: string | undefined): string[] | null {
  if (list === undefined) return null;
  const items = list.split(',').map((item) => item.trim());
  if (items.includes('')) throw new UsageError(`'${list}' is not a list of domains.`);
  return items;
}

function keyOf(values: CommandValues) {
  const { kind } = values;
  const name = values.name ?? kind ?? '';
  refuse(values, ['password-stdin', ...PRICES], 'key create');
  if (kind === 'ingest') {
    refuse(values, ['role', 'domains'], 'key create --kind ingest');
    return { kind, name, domain: values.domain ?? null, team: teamOf(values.team) } as const;
  }
  if (kind !== 'api') throw new UsageError('--kind must be ingest or api.');
  refuse(values, ['domain', 'team'], 'key create --kind api');
  return { kind, name, role: roleOf(values.role), domains: listOf(values.domains) } as const;
}

function teamOf(team: string | undefined): string | null {
  if (team === undefined) return null;
  const name = team.trim();
  if (name !== '' && name.length <= 256) return name;
  throw new UsageError('--team must have 1 to 256 characters.');
}

function usdOf(values: CommandValues, name: 'input' | 'output' | 'cache-read' | 'cache-write') {
  const usd = Number(values[name]?.trim() || Number.NaN);
  if (usd >= 0 && Number.isFinite(usd)) return usd;
  throw new UsageError(`--${name} must be US dollars per million tokens.`);
}

function takeOne(rest: readonly string[], what: string): string {
  const [one, ...more] = rest;
  if (one === undefined || one.trim() === '') throw new UsageError(`Missing argument: ${what}.`);
  if (more.length > 0) throw new UsageError(`Unexpected argument '${more.join(' ')}'.`);
  return one.trim();
}

function refuse(
  values: CommandValues,
  names: readonly (keyof CommandValues)[],
  command: string,
): void {
  const given = names.find((name) => values[name] !== undefined);
  if (given) throw new UsageError(`--${given} is not an option of '${command}'.`);
}
