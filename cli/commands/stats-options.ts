import type { Command } from 'commander';
import {
  type DomainOptions,
  type Limits,
  type Period,
  withDomain,
  withLimit,
  withPeriod,
} from '../options.ts';

export type StatsOptions = Period & DomainOptions;

/** How many entries are listed; the rest is counted. */
export type TopOptions = StatsOptions & Limits;

export const withStats = (command: Command): Command => withDomain(withPeriod(command));

/** Twenty entries if not set: a screen of them. */
export const withTop = (command: Command): Command => withLimit(command, 20);
