import type { StatsOverview } from '@cloudbrain/sdk';
import { clean } from '../output/clean.ts';

/** What the server can't tell, and why. */
export const unknown = ({ path, reason }: StatsOverview['unavailable'][number]): string =>
  clean(`${path} is not known: ${reason}`);

/**
 * The lines below figures: each reason once, with all that it is for. A change of a figure that
 * isn't known itself needs no reason of its own.
 */
export function reasonLines(unavailable: StatsOverview['unavailable']): string[] {
  const missing = new Set(unavailable.map(({ path }) => path));
  const groups = new Map<string, string[]>();
  for (const { path, reason } of unavailable) {
    const figure = path.replace(/(^|\.)change\./, '$1');
    if (figure !== path && missing.has(figure)) continue;
    groups.set(reason, [...(groups.get(reason) ?? []), path]);
  }
  return [...groups].map(([reason, paths]) => {
    const verb = paths.length === 1 ? 'is' : 'are';
    return clean(`${paths.join(', ')} ${verb} not known: ${reason}`);
  });
}
