import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createParser, type ParsedEvent } from '../../sdk/live/parser.ts';
import { runs } from '../support/effort.ts';

const parse = (...slices: string[]): ParsedEvent[] => slices.flatMap(createParser());

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
          // A lone CR is only told from a CRLF by what follows.
          assert.deepEqual(parse(...slices, ':'), whole);
        },
      ),
      { numRuns: runs(100) },
    );
  });
});
