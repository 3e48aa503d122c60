/** How figures have changed against those of the period before. Pure. */

/** Numbers, and decimal strings, become ratios. */
type Changed<T> = T extends number | string | null
  ? number | null
  : { [K in keyof T]: Changed<T[K]> };

/** Every figure's relative change: 0.12 is 12 % more; `null` where there was nothing before. */
export type Change<Figures> = Changed<Figures>;

/** @param previous `null` where there is no period before */
export function changeBetween<Figures>(
  current: Figures,
  previous: Figures | null,
): Change<Figures> {
  return changed(current, previous) as Change<Figures>;
}

function changed(current: unknown, previous: unknown): unknown {
  if (current !== null && typeof current === 'object') {
    return Object.fromEntries(
      Object.entries(current).map(([name, value]) => [
        name,
        changed(value, previous === null ? null : Reflect.get(previous as object, name)),
      ]),
    );
  }
  if (current === null || previous === null || previous === undefined) return null;
  const [now, then] = [Number(current), Number(previous)];
  return then === 0 ? null : (now - then) / then;
}
