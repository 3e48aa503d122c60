/**
 * Few of the candidates, together covering all that any of them covers. Takes again and again the
 * one that adds most, the first of equals, so the same candidates give the same choice.
 */
export function cover<T>(candidates: readonly T[], covers: (candidate: T) => string[]): T[] {
  const left = candidates.map((candidate) => ({ candidate, keys: covers(candidate) }));
  const missing = new Set(left.flatMap(({ keys }) => keys));
  const chosen: T[] = [];
  while (missing.size > 0) {
    let best = left[0];
    let most = 0;
    for (const one of left) {
      const gain = one.keys.filter((key) => missing.has(key)).length;
      if (gain > most) [best, most] = [one, gain];
    }
    if (!best) break;
    for (const key of best.keys) missing.delete(key);
    chosen.push(best.candidate);
  }
  return chosen;
}

/** Values by the name of what they vary. */
export type Axes = Record<string, readonly unknown[]>;

/** One value of each axis. */
export type Combination<A extends Axes> = { [K in keyof A]: A[K][number] };

/** Every combination of the axes' values. */
export function product<A extends Axes>(axes: A): Combination<A>[] {
  let all: Record<string, unknown>[] = [{}];
  for (const [name, values] of Object.entries(axes)) {
    all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  return all as Combination<A>[];
}

/** Few combinations in which every two values of two axes meet at least once. */
export function pairwise<A extends Axes>(axes: A): Combination<A>[] {
  const names = Object.keys(axes);
  return cover(product(axes), (one) => {
    const parts = names.map((name) => `${name}=${axes[name]?.indexOf(one[name])}`);
    return parts.flatMap((part, index) =>
      parts.slice(index + 1).map((other) => `${part} ${other}`),
    );
  });
}
