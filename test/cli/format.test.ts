import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clean, cleanLines, jsonLine, prettyJson } from '../../cli/output/clean.ts';
import {
  bytes,
  change,
  rateChange,
  compact,
  costOf,
  count,
  duration,
  percent,
  ratio,
  time,
  usd,
} from '../../cli/output/format.ts';
import { type Column, pairs, shorten, table } from '../../cli/output/table.ts';

const plain = (_: unknown, text: string): string => text;

describe('values', () => {
  test('are written for people', () => {
    assert.deepEqual([0, 1204, 2710000].map(count), ['0', '1,204', '2,710,000']);
    assert.deepEqual([0, 999, 1204, 2710000].map(compact), ['0', '999', '1.2K', '2.71M']);
    assert.deepEqual([0, 0.0257, 1].map(percent), ['0%', '2.6%', '100%']);
    assert.deepEqual([0, 3.44].map(ratio), ['0', '3.4']);
    assert.deepEqual([0, 0.124, -0.04].map(change), ['0%', '+12.4%', '-4%']);
    assert.deepEqual([9.99, 11, 370.557].map(change), ['+999%', '×12', '×372']);
    assert.deepEqual(
      [rateChange(0.12, 0.2), rateChange(0.3, 299), rateChange(0, -1), rateChange(0.5, null)],
      ['+2 pp', '+29.9 pp', '-100%', ''],
    );
    assert.deepEqual(
      ['0', '0.021400', '0.000001', '12.418200', '-1234.5', '90071992547409931.25'].map(usd),
      ['$0.00', '$0.0214', '$0.00', '$12.42', '-$1,234.50', '$90,071,992,547,409,931.25'],
    );
    assert.deepEqual(
      [0, 820, 999.6, 1_000, 12_345, 59_949, 59_950, 252_000, 3_599_600, 3_840_000].map(duration),
      [
        '0 ms',
        '820 ms',
        '1.0 s',
        '1.0 s',
        '12.3 s',
        '59.9 s',
        '1m 00s',
        '4m 12s',
        '1h 00m',
        '1h 04m',
      ],
    );
    assert.deepEqual([0, 999, 1_000, 147_456, 999_999, 12_345_678, 5e9, 2e18].map(bytes), [
      '0 B',
      '999 B',
      '1 kB',
      '147 kB',
      '1 MB',
      '12.3 MB',
      '5 GB',
      '2,000 PB',
    ]);
  });

  test('that are unknown are never zero', () => {
    for (const format of [count, compact, percent, ratio, usd, duration, bytes, time]) {
      assert.equal(format(null), '-');
    }
    assert.equal(change(null), '');
    const cost = (unpricedRequests: number): string =>
      costOf({ requests: 2, cost: { usd: '0.5', unpricedRequests } });
    assert.deepEqual([0, 1, 2].map(cost), ['$0.50', '≥ $0.50', '-']);
  });
});

describe('a text from outside', () => {
  const hostile = 'a\u001b[2Jb\u009b31mc\u0007\u202ed\u2066e\u0000\u007f\ud800f';

  test('has its control characters spelled out', () => {
    assert.equal(
      clean(hostile),
      String.raw`a\x1b[2Jb\x9b31mc\x07\u202ed\u2066e\x00\x7f` + '\ufffdf',
    );
    assert.equal(clean('two\r\n\tlines'), 'two lines');
    assert.equal(cleanLines('one\r\ntwo\rthree\n\tfour\u001b'), 'one\ntwo\nthree\n  four\\x1b');
  });

  test('keeps other scripts and emoji', () => {
    for (const text of ['مرحبا', '日本語', '👩‍👩‍👧', 'naïve', 'a\u200cb'])
      assert.equal(clean(text), text);
  });

  test('is the same value in indented JSON, with every digit', () => {
    const text = '{"a":["\\n\u009b\u202e",1.10,12345678901234567890,null],"__proto__":{"b":true}}';
    const shown = prettyJson(text);
    assert.match(
      shown,
      /^\{\n {2}"a": \[\n {4}"\\n\\u009b\\u202e",\n {4}1\.10,\n {4}12345678901234567890,\n/,
    );
    assert.deepEqual(JSON.parse(shown), JSON.parse(text));
  });

  test('is the same value in JSON, without control characters', () => {
    const line = jsonLine({ [hostile]: `${hostile}\u2028` });
    assert.doesNotMatch(line, /[\p{Cc}\u2028\u202a-\u202e\u2066-\u2069]/u);
    assert.deepEqual(JSON.parse(line), { [hostile]: `${hostile}\u2028` });
  });
});

describe('a table', () => {
  interface Row {
    name: string;
    more: string;
    n: number;
  }
  const rows: Row[] = [
    { name: 'short', more: 'x'.repeat(20), n: 1 },
    { name: 'a rather long name', more: 'y', n: 1204 },
  ];
  const columns: readonly Column<Row>[] = [
    { title: 'name', value: ({ name }) => name, cut: true },
    { title: 'more', value: ({ more }) => more, cut: true, leaveOut: 1 },
    { title: 'n', value: ({ n }) => count(n), right: true },
  ];
  const drawn = (width: number): string[] =>
    table(columns, rows, { width, paint: plain }).split('\n');

  test('has aligned columns, as wide as they need', () => {
    assert.deepEqual(drawn(Infinity), [
      'name                more                      n',
      'short               xxxxxxxxxxxxxxxxxxxx      1',
      'a rather long name  y                     1,204',
    ]);
  });

  test('cuts what may be cut, then leaves columns out', () => {
    assert.deepEqual(drawn(40), [
      'name             more                  n',
      'short            xxxxxxxxxxxxxxx…      1',
      'a rather long …  y                 1,204',
    ]);
    assert.deepEqual(drawn(28), [
      'name                    n',
      'short                   1',
      'a rather long name  1,204',
    ]);
    assert.deepEqual(drawn(20), [
      'name               n',
      'short              1',
      'a rather lon…  1,204',
    ]);
    // Narrower than anything can be: nothing more is cut.
    assert.deepEqual(drawn(5), ['name            n', 'short           1', 'a rather …  1,204']);
    for (const width of [40, 28, 20]) {
      for (const line of drawn(width)) assert.ok(line.length <= width, `${width}: ${line}`);
    }
  });

  test('counts columns of the screen, not letters', () => {
    const wide = table(
      [
        { title: 'a', value: (text: string) => text },
        { title: 'b', value: () => '|' },
      ],
      ['日本', '👩‍👩‍👧', 'abcd'],
      { width: 80, paint: plain },
    );
    assert.deepEqual(wide.split('\n'), ['a     b', '日本  |', '👩‍👩‍👧    |', 'abcd  |']);
    assert.equal(shorten('日本語です', 5), '日本…');
    assert.equal(shorten('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 4), '👩‍👩‍👧…');
  });

  test('shows a hostile cell on one line', () => {
    const text = table([{ title: 'a', value: (it: string) => it }], ['x\n\u001b[31my'], {
      width: 80,
      paint: plain,
    });
    assert.deepEqual(text.split('\n'), ['a', String.raw`x \x1b[31my`]);
    assert.equal(pairs([['name', 'x\ny']]), 'name  x y');
  });
});
