import {
  type IssuedKey,
  type Key,
  type KeyKind,
  type KeyRequest,
  type KeyState,
  NotFoundError,
  type Role,
} from '@cloudbrain/sdk';
import { InvalidArgumentError, Option } from 'commander';
import type { Context } from '../context.ts';
import { CommandError, exit } from '../exit.ts';
import { enums } from '../generated/contract.ts';
import { defaultCommand, defined, type Limits, pagesFor, withLimit } from '../options.ts';
import { clean } from '../output/clean.ts';
import { time } from '../output/format.ts';
import type { Style } from '../output/paint.ts';
import type { Column } from '../output/table.ts';
import type { AddCommands } from '../program.ts';
import { NO_TIME, readTime } from '../time.ts';

type ListOptions = Limits & { state?: KeyState };

interface CreateOptions {
  kind: KeyKind;
  role?: Role;
  domains?: string[];
  domain?: string;
  team?: string;
  expiresAt?: string;
}

const stateStyle: Record<KeyState, Style> = { active: 'green', expired: 'yellow', ended: 'dim' };

/** Keys for machines: `keys list`, `keys create`, `keys rotate`, `keys end`. */
export const addKeys: AddCommands = (program, runs) => {
  const family = program.command('keys').description('keys for machines (for admins)');
  withLimit(defaultCommand(family, 'list'))
    .description('the keys of the workspace, newest first (the default)')
    .addOption(new Option('--state <state>', 'only keys in this state').choices(enums.KeyState))
    .action(runs(list));
  family
    .command('create')
    .argument('<name>', 'what the key is for')
    .description('create a key and print its secret, which is shown only once')
    .addOption(
      new Option('--kind <kind>', 'api calls the API with a role, ingest sends data')
        .choices(enums.KeyKind)
        .default('api'),
    )
    .addOption(new Option('--role <role>', 'the role of an API key').choices(enums.Role))
    .option(
      '--domains <list>',
      'the domains that an API key is limited to, separated by commas',
      toList,
    )
    .option('--domain <domain>', 'the domain of everything that an ingest key sends')
    .option('--team <team>', 'the team of everything that an ingest key sends')
    .option(
      '--expires-at <time>',
      'when the key expires: 2026-12-31 or 2026-12-31T10:00:00Z',
      toMoment,
    )
    .addHelpText('after', CREATE_HELP)
    .action(runs(create));
  family
    .command('rotate')
    .argument('<id>', 'the id of the key')
    .description('replace the secret of a key and print the new one, which is shown only once')
    .option(
      '--overlap-seconds <n>',
      'how long the old secret keeps working; a day by default',
      toSeconds,
    )
    .addHelpText('after', ROTATE_HELP)
    .action(runs(rotate));
  family
    .command('end')
    .argument('<id>', 'the id of the key')
    .description('end a key at once, with its embed tokens and live streams')
    .option('--yes', 'skip the confirmation')
    .action(runs(end));
};

const CREATE_HELP = `
Only the secret goes to standard output.

Examples:
  cloudbrain keys create portal --role viewer --domains app.example.com
  cloudbrain keys create agents --kind ingest --team shop > ingest-key.txt`;

const ROTATE_HELP = `
Only the secret goes to standard output. An overlap of 0 ends the old secret at
once. Rotating again during the overlap ends the oldest secret.

Examples:
  cloudbrain keys rotate 0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99 --overlap-seconds 3600`;

async function list(context: Context, options: ListOptions): Promise<void> {
  const cb = await context.client();
  const { limit, pageSize } = pagesFor(options);
  const first = cb.keys.list({ ...defined({ state: options.state }), limit: pageSize });
  await context.output.list(first, { columns, limit, empty: 'There are no such keys.' });
}

const columns: readonly Column<Key>[] = [
  { title: 'name', value: ({ name }) => name, cut: true },
  { title: 'kind', value: ({ kind }) => kind },
  { title: 'role', value: ({ role }) => role ?? '-' },
  { title: 'domains', value: scopeOf, cut: true, leaveOut: 2 },
  { title: 'secret', value: ({ lastFour }) => hintOf(lastFour), leaveOut: 3 },
  { title: 'state', value: ({ state }) => state, style: ({ state }) => stateStyle[state] },
  { title: 'last used', value: ({ lastUsedAt }) => time(lastUsedAt), leaveOut: 1 },
  {
    title: 'expires',
    value: ({ expiresAt }) => (expiresAt === null ? 'never' : time(expiresAt)),
    leaveOut: 4,
  },
  { title: 'id', value: ({ id }) => id },
];

function scopeOf({ kind, domains, domain }: Key): string {
  if (kind === 'ingest') return domain ?? 'any';
  return domains === null ? 'all' : domains.join(', ');
}

const hintOf = (lastFour: string | null): string => (lastFour === null ? '-' : `…${lastFour}`);

async function create(context: Context, name: string, options: CreateOptions): Promise<void> {
  const cb = await context.client();
  const { kind, role, domains, domain, team, expiresAt } = options;
  const rest = defined({ role, domains, domain, team, expiresAt });
  const body: KeyRequest = { kind, name, ...rest };
  await showSecret(context, await cb.keys.create(body));
}

async function rotate(
  context: Context,
  id: string,
  { overlapSeconds }: { overlapSeconds?: number },
): Promise<void> {
  const cb = await context.client();
  const key = await found(cb.keys.rotate(id, defined({ overlapSeconds })), id);
  await showSecret(context, key);
  const { previousSecret: previous } = key;
  context.output.aside(
    previous === null
      ? 'The old secret has ended.'
      : `The old secret (${hintOf(previous.lastFour)}) works until ${time(previous.endsAt)}.`,
  );
}

/** Prints the secret alone to standard output, and the rest to standard error. */
async function showSecret({ output }: Context, key: IssuedKey): Promise<void> {
  await output.show(key, ({ secret }) => secret);
  output.aside(clean(`Key ${key.id} (${key.name}): the secret is shown only once.`));
}

async function end(context: Context, id: string, options: { yes?: true }): Promise<void> {
  const cb = await context.client();
  if (!options.yes) {
    const { name, lastFour } = await found(cb.keys.get(id), id);
    await context.confirm(`End the key ${name} (${hintOf(lastFour)})?`, 'Nothing was ended.');
  }
  // The last request of the command, as the key may be its own.
  await found(cb.keys.end(id), id);
  await context.output.show({ id, state: 'ended' }, () => clean(`The key ${id} has ended.`));
}

async function found<T>(answer: PromiseLike<T>, id: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new CommandError(`There is no key ${id}.`, { code: exit.notFound });
  }
}

const toList = (text: string): string[] => text.split(',').map((item) => item.trim());

function toSeconds(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number of seconds.');
  return Number(text);
}

/** A day means its start in this machine's time zone. */
function toMoment(text: string): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const at = readTime(text, timeZone);
  if (at === undefined) throw new InvalidArgumentError(`It ${NO_TIME}.`);
  return at;
}
