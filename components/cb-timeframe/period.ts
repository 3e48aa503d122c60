import { dayAfter, dayOf, startOfDay } from '../../src/format/days.ts';

/** The first and the last day of a period, such as `2026-11-30`. */
export interface Days {
  first: string;
  last: string;
}

const PRESETS = [
  ...(['today', 'yesterday', '24h', '7d', 'last-week', '30d'] as const),
  ...(['month', 'last-month', '90d', 'all'] as const),
];

/** A period that has a name. */
export type Preset = (typeof PRESETS)[number];

/** The presets of a list of names; unknown ones are left out. */
export function presetsOf(names: string): Preset[] {
  return names.split(/\s+/).flatMap((name) => PRESETS.find((preset) => preset === name) ?? []);
}

/**
 * A period of whole days as instants, or what is wrong with it.
 *
 * @param timezone whose days they are; the reader's own by default
 */
export function periodOf(
  first: string,
  last: string,
  timezone = new Intl.DateTimeFormat().resolvedOptions().timeZone,
): { from: string; to: string } | 'incomplete' | 'reversed' {
  const from = startOfDay(first, timezone);
  if (from === undefined || startOfDay(last, timezone) === undefined) return 'incomplete';
  const to = startOfDay(dayAfter(last), timezone);
  if (to === undefined) return 'incomplete';
  return last < first ? 'reversed' : { from, to };
}

/** The days that a period covers; undefined if it has no start. */
export function daysOf(
  from: string | undefined,
  to: string | undefined,
  timezone: string,
): Days | undefined {
  if (!from || Number.isNaN(Date.parse(from))) return undefined;
  const end = to ? Date.parse(to) : Date.now();
  if (Number.isNaN(end)) return undefined;
  // The end is exclusive: midnight belongs to the day after.
  return { first: dayOf(from, timezone), last: dayOf(end - 1, timezone) };
}
