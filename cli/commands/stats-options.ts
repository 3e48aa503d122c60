import { type Command, Option } from 'commander';
import { defined, type Period, toCount, withDomain, withPeriod } from '../options.ts';

export interface StatsOptions extends Period {
  domain?: string;
}

/** How many entries are listed; what is not is summed. */
export interface TopOptions extends StatsOptions {
  limit?: number;
}

export const withStats = (command: Command): Command => withDomain(withPeriod(command));

export const withTop = (command: Command): Command =>
  command.addOption(
    new Option('--limit <n>', 'how many at most; 20 where none is said').argParser(toCount),
  );

/** What the contract knows of the options that every command here has. */
export const periodOf = ({ timeframe, from, to, timezone, domain }: StatsOptions) =>
  defined({ timeframe, from, to, timezone, domain });

export const topOf = (options: TopOptions) => ({
  ...periodOf(options),
  ...defined({ limit: options.limit }),
});
