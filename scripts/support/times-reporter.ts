import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { root } from './root.ts';

/** A reporter of Node's test runner that writes how long each file took, one JSON object a line. */
export default async function* timesReporter(events: AsyncIterable<TestEvent>) {
  for await (const { type, data } of events) {
    if (type !== 'test:summary' || data.file === undefined) continue;
    const time = { file: relative(root, data.file), ms: Math.round(data.duration_ms) };
    yield `${JSON.stringify(time)}\n`;
  }
}
