import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Timeframe } from '@cloudbrain/sdk';
import { UsageError } from './exit.ts';
import { enums } from './generated/contract.ts';
import { NO_TIME, readTime } from './time.ts';
import { failUnknown } from './unknown-command.ts';

/** A period, as it is typed. */
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
    .option('--from <time>', 'its start: 2026-11-21, or 2026-11-21T10:00:00Z', toTime)
    .option('--to <time>', 'its end, not included; now by default', toTime);
  return withTimezone(period);
}

/** The reader's time zone: this machine's, where none is said. */
export function withTimezone(command: Command): Command {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return command.option('--timezone <zone>', 'in which days, weeks and months start', timeZone);
}

/** Checks a time, and keeps its text: where a day begins, another option may say. */
function toTime(text: string): string {
  if (readTime(text) === undefined) throw new InvalidArgumentError(`It ${NO_TIME}.`);
  return text;
}

/**
 * A period, and where it is asked for, as the contract takes it: days begin in its time zone.
 * @throws UsageError where there is no such time zone
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
    throw new UsageError(`--timezone '${timezone}' is none such as Europe/Berlin.`);
  }
  throw new UsageError(`'${time}' ${NO_TIME}.`);
}

export interface Limits {
  limit: number;
  all?: true;
}

/** How long a list may get. */
export const withLimit = (command: Command): Command =>
  command
    .option('--limit <n>', 'how many at most', toCount, 50)
    .addOption(new Option('--all', 'all of them, however many').conflicts('limit'));

export function toCount(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || !Number.isSafeInteger(number)) {
    throw new InvalidArgumentError('It is no whole number from 1 on.');
  }
  return number;
}

/** The largest page that the contract gives. */
const MAX_PAGE = 200;

/** How many entries are wanted in all, and how many at once. */
export function pagesFor({ limit, all }: Limits): { limit: number; pageSize: number } {
  const wanted = all ? Infinity : limit;
  return { limit: wanted, pageSize: Math.min(wanted, MAX_PAGE) };
}

export interface DomainOptions {
  domain?: string;
}

export const withDomain = (command: Command): Command =>
  command.option('--domain <domain>', 'only what happens in this domain');

/** What is undefined left out, as the SDK's types want it. */
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
