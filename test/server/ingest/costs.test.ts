/** Requests that are made to be expensive cost no more than others of their size. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decodeMetrics, decodeTraces, normalise } from '../../../server/ingest/index.ts';
import { cpuOf } from '../../support/cpu.ts';
import { spanId, traceId } from './otlp.ts';
import { NOW } from './take.ts';

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

suite('the messages of a call', () => {
  const normalised = (...inputs: string[]) => {
    const spans = inputs.map((stringValue, index) => ({
      ...{ traceId: traceId(1), spanId: spanId(index + 1), name: 'chat m' },
      ...{ startTimeUnixNano: '1795224631160000001', endTimeUnixNano: '1795224631260000001' },
      attributes: [
        { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
        { key: 'gen_ai.input.messages', value: { stringValue } },
      ],
    }));
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    const decoded = decodeTraces(new TextEncoder().encode(body), 'json');
    const { batch, rejected } = normalise(decoded, { domain: null, receivedAt: NOW });
    const kept = batch.observations.map(({ data }) =>
      data.inputMessages.map((hash) => batch.messages.get(hash)),
    );
    return { kept, rejected };
  };
  const messageOf = (parts: number, first = 0) => ({
    role: 'user',
    parts: Array.from({ length: parts }, (_, at) => ({ type: 'text', content: `${first + at}` })),
  });
  const partsOf = (kept: ReturnType<typeof normalised>['kept'][number] = []) =>
    kept.flatMap((message) => message?.parts ?? []);

  test('keep their last parts, and the sender is told', () => {
    const { kept, rejected } = normalised(JSON.stringify([messageOf(5_000)]));
    const parts = partsOf(kept[0]);
    assert.equal(parts.length, 1_000);
    assert.deepEqual(parts.at(-1), { type: 'text', text: '4999' });
    assert.equal(rejected.count, 0);
    assert.match(rejected.messages.join('\n'), /spans\[0\]: 4000 parts were omitted/);
  });

  test('are the last ones, and the sender is told', () => {
    const many = Array.from({ length: 3_000 }, (_, at) => messageOf(1, at));
    const { kept, rejected } = normalised(JSON.stringify(many));
    assert.equal(kept[0]?.length, 1_000);
    assert.deepEqual(partsOf(kept[0]).at(-1), { type: 'text', text: '2999' });
    assert.match(rejected.messages.join('\n'), /the first 2000 of 3000 messages were omitted/);
  });

  test('have no more parts together than some', () => {
    const many = Array.from({ length: 300 }, (_, at) => messageOf(100, at * 100));
    const { kept, rejected } = normalised(JSON.stringify(many));
    assert.equal(partsOf(kept[0]).length, 10_000);
    assert.deepEqual(partsOf(kept[0]).at(-1), { type: 'text', text: '29999' });
    assert.match(rejected.messages.join('\n'), /the first 200 of 300 messages were omitted/);
  });

  test('as they are where there are few, without a word', () => {
    const { kept, rejected } = normalised(JSON.stringify([messageOf(900), messageOf(3)]));
    assert.deepEqual([partsOf(kept[0]).length, rejected.messages], [903, []]);
  });

  test('share one limit for the JSON in all texts of a request', () => {
    const text = JSON.stringify([{ role: 'user', content: new Array<object>(90_000).fill({}) }]);
    const { kept, rejected } = normalised(...new Array<string>(8).fill(text));
    const isText = kept.map((messages) => partsOf(messages)[0]?.type === 'text');
    assert.deepEqual(isText, [false, false, false, false, false, true, true, true]);
    assert.match(rejected.messages[0] ?? '', /^JSON inside strings exceeds the limit/);
  });
});
