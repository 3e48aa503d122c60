import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createLineSplitter } from '../../sdk/live/lines.ts';
import { createParser, type ParsedEvent } from '../../sdk/live/parser.ts';
import { runs } from '../support/effort.ts';

const parse = (...slices: string[]): ParsedEvent[] => slices.flatMap(createParser());

/** Milliseconds of CPU that a line of so many megabytes takes in slices of one kilobyte. */
function cost(megabytes: number, feed: (text: string) => unknown[]): number {
  const slice = 'x'.repeat(1024);
  const before = process.cpuUsage();
  feed('data: ');
  for (let count = 0; count < megabytes * 1024; count++) feed(slice);
  assert.equal(feed('\n\n').length > 0, true);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

test('a long line takes time in proportion to its length', () => {
  for (const make of [createParser, createLineSplitter]) {
    cost(1, make());
    const small = Math.max(cost(2, make()), 5);
    const big = cost(20, make());
    // Ten times the text; where each slice looks at all before it, a hundred times the time.
    assert.ok(big < small * 40, `2 MB: ${small} ms, 20 MB: ${big} ms`);
  }
});

describe('the parser of server-sent events', () => {
  test('tells events with their fields', () => {
    assert.deepEqual(parse('id: 1\nevent: stats\ndata: {}\n\n'), [
      { event: 'stats', id: '1', data: '{}' },
    ]);
    assert.deepEqual(parse('data: a\n\n'), [{ event: 'message', data: 'a' }]);
    assert.deepEqual(parse('event:\ndata: a\n\n'), [{ event: 'message', data: 'a' }]);
  });

  test('joins lines of data, and takes one space off', () => {
    assert.deepEqual(parse('data:a\ndata:  b\ndata\n\n'), [{ event: 'message', data: 'a\n b\n' }]);
  });

  test('passes over comments, unknown fields and events without data', () => {
    assert.deepEqual(parse(': hello\nfoo: bar\nevent: stats\n\n'), []);
  });

  test('tells an id without an event, and an empty one', () => {
    assert.deepEqual(parse(': still here\nid: 7\n\nid\ndata: a\n\n'), [
      { event: '', id: '7' },
      { event: 'message', id: '', data: 'a' },
    ]);
    assert.deepEqual(parse('id: a\0b\ndata: a\n\n'), [{ event: 'message', data: 'a' }]);
  });

  test('never tells an event that was cut off', () => {
    assert.deepEqual(parse('data: a\n\ndata: b\n'), [{ event: 'message', data: 'a' }]);
  });

  test('tells the pause that the server asks for', () => {
    const pauses: number[] = [];
    const feed = createParser((ms) => pauses.push(ms));
    feed('retry: 1500\nretry: 1.5\nretry: x\n\n');
    assert.deepEqual(pauses, [1500]);
  });

  test('tells the same wherever the text is cut, and however its lines end', () => {
    const text = 'id: 1\nevent: stats\ndata: {"a":\ndata: 1}\n\n: note\nid: 2\n\ndata: ü\n\n';
    const whole = parse(text);
    assert.equal(whole.length, 3);
    fc.assert(
      fc.property(
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat(text.length * 2), { maxLength: 12 }),
        (end, cuts) => {
          const input = text.replaceAll('\n', end);
          const at = [0, ...cuts.map((cut) => Math.min(cut, input.length)).sort((a, b) => a - b)];
          const slices = at.map((from, index) => input.slice(from, at[index + 1]));
          assert.deepEqual(parse(...slices), whole);
        },
      ),
      { numRuns: runs(100) },
    );
  });
});
