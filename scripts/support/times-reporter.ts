import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { root } from './root.ts';

/**
 * A reporter of Node's test runner that writes how long each file took, one JSON object a line. A
 * file in a group (see groups.ts) is a suite by its name.
 */
export default async function* timesReporter(events: AsyncIterable<TestEvent>) {
  for await (const { type, data } of events) {
    const isSuite = (type === 'test:pass' || type === 'test:fail') && data.nesting === 0;
    if (isSuite && data.name.endsWith('.test.ts')) {
      yield line(data.name, data.details.duration_ms);
    } else if (type === 'test:summary' && data.file?.endsWith('.test.ts')) {
      yield line(relative(root, data.file), data.duration_ms);
    }
  }
}

const line = (file: string, ms: number): string =>
  `${JSON.stringify({ file, ms: Math.round(ms) })}\n`;
