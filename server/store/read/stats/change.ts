/** How figures have changed against those of the period before, or why that can't be told. Pure. */
import type { Unavailable } from '../../rollups/query.ts';

/** Numbers, and decimal strings, become ratios. */
type Changed<T> = T extends number | string | null
  ? number | null
  : { [K in keyof T]: Changed<T[K]> };

/** Every figure's relative change: 0.12 is 12 % more. */
export type Change<Figures> = Changed<Figures>;

export interface Comparison<Figures> {
  change: Change<Figures>;
  /** Why changes are null: by figure, or by group where it is the same for all of it. */
  unavailable: Unavailable[];
}

const WAS_ZERO = 'It was 0 in the earlier period.';
const WAS_UNKNOWN = 'It is unavailable for the earlier period.';

/**
 * @param previous the figures of the earlier period
 * @param lack why there is nothing to compare with, of all figures or by its name; `null`: there is
 * @param path where the change stands in the answer
 * @param isWhole false: other figures stand there too, so that a reason is never said of all of it
 */
export function changeBetween<Figures extends object>(
  current: Figures,
  previous: Figures | null,
  lack: string | null | ((figure: string) => string | null),
  path: string,
  isWhole = true,
): Comparison<Figures> {
  const reasonOf = typeof lack === 'function' ? lack : () => lack;
  const change: Record<string, unknown> = {};
  const reasons: Reasons = {};
  for (const [name, value] of Object.entries(current)) {
    const before: unknown = previous && Reflect.get(previous, name);
    [change[name], reasons[name]] = changed(value, before, reasonOf(name), name);
  }
  const unavailable = isWhole ? listed(path, reasons) : listedEach(path, reasons);
  return { change: change as Change<Figures>, unavailable };
}

/** The reasons of a group, or of a figure; `null` where it has a change. */
interface Reasons {
  [name: string]: Reasons | string | null;
}

function changed(
  current: unknown,
  previous: unknown,
  lack: string | null,
  name: string,
): [change: unknown, reasons: Reasons | string | null] {
  if (current !== null && typeof current === 'object') {
    const parts = Object.entries(current).map(([key, value]) => {
      const before: unknown = previous && Reflect.get(previous, key);
      return [key, changed(value, before, lack, `${name}.${key}`)] as const;
    });
    return [
      Object.fromEntries(parts.map(([key, [change]]) => [key, change])),
      Object.fromEntries(parts.map(([key, [, reasons]]) => [key, reasons])),
    ];
  }
  if (lack !== null) return [null, lack];
  if (current === null) return [null, `Requires \`${name}\`, which is unavailable.`];
  if (previous === null || previous === undefined) return [null, WAS_UNKNOWN];
  const [now, then] = [Number(current), Number(previous)];
  return then === 0 ? [null, WAS_ZERO] : [(now - then) / then, null];
}

function listed(path: string, reasons: Reasons | string | null): Unavailable[] {
  if (reasons === null) return [];
  if (typeof reasons === 'string') return [{ path, reason: reasons }];
  const common = commonOf(reasons);
  if (common !== null) return [{ path, reason: common }];
  return listedEach(path, reasons);
}

const listedEach = (path: string, reasons: Reasons): Unavailable[] =>
  Object.entries(reasons).flatMap(([name, part]) => listed(`${path}.${name}`, part));

/** The one reason that all figures of a group have. */
function commonOf(reasons: Reasons | string | null): string | null {
  if (reasons === null || typeof reasons === 'string') return reasons;
  const [first = null, ...rest] = Object.values(reasons).map(commonOf);
  return rest.every((reason) => reason === first) ? first : null;
}
