import type { StatsOverview } from '@cloudbrain/sdk';
import { clean } from '../output/clean.ts';

/** What the server can't tell, and why. */
export const unknown = ({ path, reason }: StatsOverview['unavailable'][number]): string =>
  clean(`${path} is not known: ${reason}`);

/**
 * The reasons that are written below figures. A change that is missing shows that; why is said once
 * for the whole of them, not of each.
 */
export const shownReasons = (
  unavailable: StatsOverview['unavailable'],
): StatsOverview['unavailable'] => unavailable.filter(({ path }) => !/\bchange\./.test(path));
