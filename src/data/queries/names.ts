import type { StatsCostsQuery } from '@cloudbrain/sdk';
import { StatsResource } from '@cloudbrain/sdk/core';
import type { QueryDefinition } from '../query.ts';

/** What the statistics can be broken down by. */
export type Dimension = NonNullable<StatsCostsQuery['breakdown']>;

/** How many names are offered at most: those with the most cost. */
const LIMIT = 200;

/** The names of a dimension that occurred lately, in alphabetical order. */
export const namesOf: QueryDefinition<{ breakdown: Dimension }, readonly string[]> = {
  name: 'names',
  fetch: async (core, { breakdown }, signal) => {
    const query = { breakdown, timeframe: '90d', limit: LIMIT } as const;
    const { data } = await new StatsResource(core).costs(query, { signal });
    return data.map(({ label }) => label).sort((a, b) => a.localeCompare(b));
  },
};
