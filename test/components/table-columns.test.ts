import { assert } from 'chai';
import { offsetOf } from '../../src/data/server-clock.ts';
import { nextSorting, sortItems, tracksOf, type Column } from '../../src/table/columns.ts';
import { countNew } from '../../src/table/count-new.ts';
import { splitName } from '../../src/table/names.ts';

interface Item {
  id: string;
  name?: string | null;
  cost?: string | null;
  at?: string;
  size?: number | null;
}

const columns: Column<Item>[] = [
  { key: 'name', label: 'Name', sort: true },
  { key: 'cost', label: 'Cost', format: 'currency', sort: true },
  { key: 'at', label: 'At', format: 'time', sort: true },
  { key: 'size', label: 'Size', format: 'bytes', sort: true, width: '9ch' },
  { key: 'id', label: 'Id' },
];

const sorted = (items: Item[], key: string, direction: 'ascending' | 'descending', locale = 'en') =>
  sortItems(items, columns, { key, direction }, locale).map(({ id }) => id);

describe('the columns of a table', () => {
  it('sort names as readers of the language do, numbers within them by value', () => {
    const items = ['item 10', 'Zebra', 'item 9', 'ähnlich', 'apfel'].map((name, index) => ({
      id: String(index),
      name,
    }));
    assert.deepEqual(sorted(items, 'name', 'ascending', 'de'), ['3', '4', '2', '0', '1']);
    // In Swedish ä comes after z.
    assert.deepEqual(sorted(items, 'name', 'ascending', 'sv'), ['4', '2', '0', '1', '3']);
  });

  it('sort decimal strings and times by value, not by letter', () => {
    const items: Item[] = [
      { id: 'a', cost: '9.50', at: '2026-11-21T10:00:00+02:00' },
      { id: 'b', cost: '100.00', at: '2026-11-21T09:00:00Z' },
      { id: 'c', cost: '-3.1', at: '2026-11-21T08:30:00Z' },
    ];
    assert.deepEqual(sorted(items, 'cost', 'ascending'), ['c', 'a', 'b']);
    assert.deepEqual(sorted(items, 'at', 'descending'), ['b', 'c', 'a']);
  });

  it('keep unknown values last in both directions, and the order of equal ones', () => {
    const items: Item[] = [
      { id: 'a', size: null },
      { id: 'b', size: 2 },
      { id: 'c', size: 1 },
      { id: 'd' },
      { id: 'e', size: 2 },
    ];
    assert.deepEqual(sorted(items, 'size', 'ascending'), ['c', 'b', 'e', 'a', 'd']);
    assert.deepEqual(sorted(items, 'size', 'descending'), ['b', 'e', 'c', 'a', 'd']);
  });

  it('leave items as they are without a column that sorts', () => {
    const items = [{ id: 'b' }, { id: 'a' }];
    assert.deepEqual(sorted(items, 'id', 'ascending'), ['b', 'a']);
    assert.strictEqual(sortItems(items, columns, undefined, 'en'), items);
  });

  it('start with the largest figure and the latest time, and with the first name', () => {
    const [name, cost, at] = columns;
    assert.deepEqual(nextSorting(name!, undefined), { key: 'name', direction: 'ascending' });
    const first = nextSorting(cost!, { key: 'name', direction: 'ascending' });
    assert.deepEqual(first, { key: 'cost', direction: 'descending' });
    assert.equal(nextSorting(cost!, first).direction, 'ascending');
    assert.equal(nextSorting(at!, undefined).direction, 'descending');
  });

  it('are as wide as their usual values at least, and grow unless only some rows are there', () => {
    const two = [columns[3]!, columns[4]!];
    assert.equal(tracksOf(two), 'minmax(9ch, auto) minmax(8ch, auto)');
    assert.equal(tracksOf(two, true), 'minmax(9ch, 1fr) minmax(8ch, 1fr)');
  });
});

describe('a long name', () => {
  for (const [name, head, tail] of [
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5-', '20250929'],
    ['previews/101/job_7128f/bundle.zip', 'previews/101/job_7128f/bu', 'ndle.zip'],
    ['gpt-5', 'gpt-5', ''],
    ['', '', ''],
    ['team 👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 'team 👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦'.repeat(8)],
    // Its letters join.
    ['محمد عبد الرحمن بن خالد', 'محمد عبد الرحمن بن خالد', ''],
  ] as const) {
    it(`is parted before its end: ${name}`, () => {
      assert.deepEqual(splitName(name), [head, tail]);
    });
  }
});

describe('new rows', () => {
  it('are those above the known ones', () => {
    const count = (rows: string[], known: string[]) => countNew(rows, new Set(known), (it) => it);
    assert.equal(count(['c', 'b', 'a'], ['b', 'a']), 1);
    assert.equal(count(['b', 'a', 'older'], ['b', 'a']), 0);
    assert.equal(count(['d', 'c'], ['b', 'a']), 2);
  });
});

describe('the server’s clock', () => {
  const sent = Date.parse('2026-11-21T10:00:00.200Z');

  it('agrees with the reader’s as far as whole seconds can say', () => {
    assert.equal(offsetOf('Sat, 21 Nov 2026 10:00:00 GMT', sent, sent + 300), 0);
    assert.equal(offsetOf('Sat, 21 Nov 2026 10:00:01 GMT', sent, sent + 300), 0);
  });

  it('is ahead or behind where they differ by more', () => {
    assert.approximately(
      offsetOf('Sat, 21 Nov 2026 10:10:00 GMT', sent, sent + 100)!,
      600_000,
      1_000,
    );
    assert.approximately(offsetOf('Sat, 21 Nov 2026 09:00:00 GMT', sent, sent)!, -3_600_000, 1_000);
  });

  it('is unknown without a date', () => {
    assert.isUndefined(offsetOf(null, sent, sent));
    assert.isUndefined(offsetOf('soon', sent, sent));
  });
});
