import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const HOUR = 3_600_000;

/**
 * Leaves behind what a busy installation leaves: preview bundles, temporary directories and logs,
 * some of them expired, so that cleanup has something real to do.
 */
export async function leaveFiles(dataDir: string, now: number): Promise<void> {
  const files = [
    ...[30, 41, 52, 7, 2].map((hours, index) => ({
      path: `previews/${101 + index}/job_${(0x7128f + index * 977).toString(16)}/bundle.zip`,
      bytes: 240_000 + index * 510_000,
      age: hours * HOUR,
    })),
    ...[3, 26, 0.2].map((hours, index) => ({
      path: `tmp/preview-job-${5678 + index}/checkout/package.json`,
      bytes: 18_000 + index * 9_000,
      age: hours * HOUR,
    })),
    ...[1, 5, 8, 9, 12].map((days) => ({
      path: `logs/debug-${new Date(now - days * 24 * HOUR).toISOString().slice(0, 10)}.log`,
      bytes: 120_000 + days * 12_000,
      age: days * 24 * HOUR,
    })),
  ];
  for (const { path, bytes, age } of files) {
    const file = join(dataDir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, Buffer.alloc(bytes, 'cloudbrain '));
    const at = new Date(now - age);
    // A directory's own time counts as well: the file just written has touched it.
    for (let each = file; each !== dataDir; each = dirname(each)) await utimes(each, at, at);
  }
}
