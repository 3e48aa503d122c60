import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Timeframe } from '@cloudbrain/sdk';
import { UsageError } from './exit.ts';
import { enums } from './generated/contract.ts';
import { NO_TIME, readTime } from './time.ts';
import { failUnknown } from './unknown-command.ts';

/** The options of a period, as typed. */
export interface Period {
  timeframe?: Timeframe;
  /** A time, or a day. */
  from?: string;
  to?: string;
  timezone: string;
}

/**
 * Adds the options of a period.
 * @param otherwise the period without these options, as help shows it
 */
export function withPeriod(command: Command, otherwise = '24h'): Command {
  const period = command
    .addOption(
      new Option('--timeframe <period>', `a named period; ${otherwise} by default`)
        .choices(enums.Timeframe)
        .conflicts(['from', 'to']),
    )
    .option('--from <time>', 'start of the period: 2026-11-21 or 2026-11-21T10:00:00Z', toTime)
    .option('--to <time>', 'end of the period, not included; now by default', toTime);
  return withTimezone(period);
}

/** Adds the reader's time zone; by default this machine's. */
export function withTimezone(command: Command): Command {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return command.option(
    '--timezone <zone>',
    'time zone in which days, weeks and months start',
    timeZone,
  );
}

/** Checks a time, and keeps its text: when a day starts depends on another option. */
function toTime(text: string): string {
  if (readTime(text) === undefined) throw new InvalidArgumentError(`It ${NO_TIME}.`);
  return text;
}

/**
 * The query parameters of a period and a domain. Days start in its time zone.
 * @throws UsageError for an unknown time zone
 */
export const periodOf = ({ timeframe, from, to, timezone, domain }: Period & DomainOptions) =>
  defined({
    timeframe,
    from: from && momentOf(from, timezone),
    to: to && momentOf(to, timezone),
    timezone,
    domain,
  });

function momentOf(time: string, timezone: string): string {
  try {
    const at = readTime(time, timezone);
    if (at !== undefined) return at;
  } catch {
    throw new UsageError(`--timezone '${timezone}' must be a time zone such as Europe/Berlin.`);
  }
  throw new UsageError(`'${time}' ${NO_TIME}.`);
}

export interface Limits {
  limit: number;
  all?: true;
}

/** Adds the options of a list's length. */
export const withLimit = (command: Command, otherwise = 50): Command =>
  command
    .option('--limit <n>', 'how many at most', toCount, otherwise)
    .addOption(new Option('--all', 'fetch every page').conflicts('limit'));

export function toCount(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || !Number.isSafeInteger(number)) {
    throw new InvalidArgumentError('It must be a whole number of at least 1.');
  }
  return number;
}

/** The contract's limit of a page. */
export const MAX_PAGE = 200;

/** How many entries are wanted in all, and how many per page. */
export function pagesFor({ limit, all }: Limits): { limit: number; pageSize: number } {
  const wanted = all ? Infinity : limit;
  return { limit: wanted, pageSize: Math.min(wanted, MAX_PAGE) };
}

export interface DomainOptions {
  domain?: string;
}

export const withDomain = (command: Command): Command =>
  command.option('--domain <domain>', 'only this domain');

/** An object without its undefined properties, as the SDK's types require. */
type Defined<T> = { [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name] } & {
  [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<T[Name], undefined>;
};

export const defined = <T extends object>(given: T): Defined<T> =>
  Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Defined<T>;

const defaults = new WeakSet<Command>();

/** Adds the subcommand that runs when none is named. It has no arguments. */
export function defaultCommand(parent: Command, name: string): Command {
  const child = parent.helpCommand(false).command(name, { isDefault: true });
  defaults.add(child);
  parent.hook('preSubcommand', (_, next) => {
    const [word] = parent.args;
    // Another word is meant to be a subcommand, and not an argument of the default one.
    if (next !== child || word === undefined || word === name || word.startsWith('-')) return;
    failUnknown(parent, word);
  });
  return child;
}

export const isDefault = (command: Command): boolean => defaults.has(command);
