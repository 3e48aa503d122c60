/** The first and last of consecutive positions that hold. */
export function runsOf(flags: readonly boolean[]): [first: number, last: number][] {
  const runs: [number, number][] = [];
  for (const [at, holds] of flags.entries()) {
    const run = runs.at(-1);
    if (holds && run?.[1] === at - 1) run[1] = at;
    else if (holds) runs.push([at, at]);
  }
  return runs;
}
