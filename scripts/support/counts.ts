/** How many tests of a suite ended how. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The counts at the end of what Node's `tap` reporter writes. */
export function countsOfTap(tap: string): Counts | undefined {
  const read = (name: string) => new RegExp(`^# ${name} (\\d+)$`, 'm').exec(tap)?.[1];
  const passed = read('pass');
  if (passed === undefined) return undefined;
  return {
    passed: Number(passed),
    failed: Number(read('fail')) + Number(read('cancelled')),
    skipped: Number(read('skipped')) + Number(read('todo')),
  };
}

/** The counts in the last line of progress that @web/test-runner writes. */
export function countsOfPages(output: string): Counts | undefined {
  const line = [...output.matchAll(/(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/g)].at(-1);
  if (!line) return undefined;
  return { passed: Number(line[1]), failed: Number(line[2]), skipped: Number(line[3] ?? 0) };
}

/** A suite that ends badly counts as failed even when no single test says so. */
export function settle(counts: Counts | undefined, code: number): Counts {
  const known = counts ?? { passed: 0, failed: 0, skipped: 0 };
  return code !== 0 && known.failed === 0 ? { ...known, failed: 1 } : known;
}

export function sum(all: Counts[]): Counts {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of all) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}
