import { type Command, Option } from 'commander';
import {
  defined,
  type DomainOptions,
  type Period,
  periodOf,
  toCount,
  withDomain,
  withPeriod,
} from '../options.ts';

export type StatsOptions = Period & DomainOptions;

/** Entries that are listed where nothing is said: a screen of them. */
const TOP = 20;

/** How many entries are listed; the rest is summed. */
export type TopOptions = StatsOptions & { limit?: number };

export const withStats = (command: Command): Command => withDomain(withPeriod(command));

export const withTop = (command: Command): Command =>
  command.addOption(
    new Option('--limit <n>', `how many at most; ${TOP} by default`).argParser(toCount),
  );

export const topOf = (options: TopOptions) => ({
  ...periodOf(options),
  limit: options.limit ?? TOP,
});
