/** Costs are compared within one run, where a slow machine is slow for both. */

/** Milliseconds of this process's time that something takes. */
export function cpuOf(act: () => unknown): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
