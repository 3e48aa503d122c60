import type { ConversationsQuery } from '@cloudbrain/sdk';
import { type Command, Option } from 'commander';
import { choices } from '../generated/contract.ts';
import { type Period, periodOf, withDomain, withPeriod } from '../options.ts';

/** Chooses among conversations of the same id. */
export interface PlaceOptions {
  domain?: string;
}

export const withPlace = (command: Command): Command =>
  command.option('--domain <domain>', 'its domain, if several domains have the id');

export type FilterOptions = Period &
  Pick<ConversationsQuery, 'domain' | 'status' | 'user' | 'model' | 'tag' | 'q'>;

/**
 * Adds the filters of conversations.
 * @param otherwise the period without the options of one
 */
export const withFilter = (command: Command, otherwise?: string): Command =>
  withDomain(withPeriod(command, otherwise))
    .addOption(
      new Option('--status <status>', 'only those in this state').choices(
        choices['conversations.list'].status,
      ),
    )
    .option('--user <user>', 'only those of this user')
    .option('--model <model>', 'only those that used this model')
    .option('--tag <tag>', 'only those with this tag')
    .option('--q <search>', 'only those with a message that matches a search');

export const filterOf = (options: FilterOptions) => {
  const { timeframe, status, user, model, tag, q } = options;
  const { from, to } = periodOf(options);
  return { timeframe, from, to, status, user, model, tag, q };
};
