import type { StatsOverview } from '@cloudbrain/sdk';
import { clean } from '../output/clean.ts';

/** An unavailable value, and why. */
export const unknown = ({ path, reason }: StatsOverview['unavailable'][number]): string =>
  clean(`${path} is unavailable: ${reason}`);

/**
 * The lines below figures: each reason once, with the values that it is for. The change of a figure
 * that is unavailable itself needs no reason of its own.
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
    return clean(`${paths.join(', ')} ${verb} unavailable: ${reason}`);
  });
}
