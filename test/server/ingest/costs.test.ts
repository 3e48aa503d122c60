/** Requests that are made to be expensive cost no more than others of their size. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decodeMetrics } from '../../../server/ingest/index.ts';
import { cpuOf } from '../../support/cpu.ts';

const MIB = 1024 * 1024;

suite('a request of metrics', () => {
  const metric = '{"name":"claude_code.session.count","sum":{"dataPoints":[{"attributes":[]}]}}';
  const metrics = `"resourceMetrics":[{"scopeMetrics":[{"metrics":[${`${metric},`.repeat(400)}${metric}]}]}]`;
  const rest: Record<string, string> = {
    'plain strings': `"${'x'.repeat(1_000)}",`.repeat((4 * MIB) / 1_000),
    'strings, and one escape at the end': `${`"${'x'.repeat(1_000)}",`.repeat((4 * MIB) / 1_000)}"\\n",`,
  };

  for (const [name, strings] of Object.entries(rest)) {
    test(`costs the same wherever other fields stand: ${name}`, () => {
      const other = `"other":[${strings}""]`;
      const read = (text: string) => {
        const body = new TextEncoder().encode(text);
        let points = 0;
        const cost = cpuOf(() => {
          const [group] = decodeMetrics(body, 'json').groups;
          points = group?.records.flatMap((record) => record.points).length ?? 0;
        });
        assert.equal(points, 401);
        return cost;
      };
      const [before, after] = [read(`{${other},${metrics}}`), read(`{${metrics},${other}}`)];
      assert.ok(after < 8 * before + 100, `${after} ms, else ${before} ms`);
    });
  }
});
