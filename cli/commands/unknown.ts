import type { StatsOverview } from '@cloudbrain/sdk';
import { clean } from '../output/clean.ts';

/** What the server can't tell, and why. */
export const unknown = ({ path, reason }: StatsOverview['unavailable'][number]): string =>
  clean(`${path} is not known: ${reason}`);
