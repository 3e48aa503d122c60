/** Statements by their text without values, in bounded memory. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { StatementCounter, withoutValues } from '../../../server/store/database/statements.ts';
import { runs } from '../../support/effort.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const escaped = (text: string): string =>
  `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const dollars = (text: string): string => `$body_1$${text.replaceAll('$', '')}$body_1$`;

describe('the text of a statement', () => {
  it('has no values, however they are written', () => {
    const text = fc.string({ unit: 'grapheme' }).map((each) => `"secret${each}`);
    const literal = fc
      .tuple(text, fc.constantFrom(quoted, escaped, dollars))
      .map(([value, write]) => write(value));
    const number = fc.oneof(
      fc.nat().map(String),
      fc.double({ min: 0, max: 1e21, noNaN: true }).map(String),
    );
    const value = fc.oneof(literal, literal, number, fc.constantFrom('$1', '$23'));
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        const kind = withoutValues(`select x1, "y 2" from t3 where a=${a} and b in (${b}, ${c})`);
        assert.equal(kind, 'select x1, "y 2" from t3 where a=? and b in (?, …)');
      }),
      { numRuns: runs(500) },
    );
  });

  it('is the same however many values there are, and however it is laid out', () => {
    for (const [text, kind] of [
      ['insert into a values ($1, $2), ($3, $4)', 'insert into a values (?, …), …'],
      ['insert into a values ($1,$2),($3,$4),($5,$6)', 'insert into a values (?, …), …'],
      ['insert into a values (1), (2)', 'insert into a values (?), …'],
      ['select a -- of whom\n  from b /* c */ where d = 1', 'select a from b where d = ?'],
      ['select -1.5e3, .5, 0x1f, 1_000', 'select -?, …'],
      ["select B'01', U&'d', x'1F', interval '1 day'", 'select ?, …, interval ?'],
      ["select 'it''s', e'\\'', 'unclosed", 'select ?, …'],
      ['select $1::text, a1, t.b2, "c ""3"""', 'select ?::text, a1, t.b2, "c ""3"""'],
      ['select $$a$$, $x$ $$ $x$, $1', 'select ?, …'],
      ['', ''],
    ] as const) {
      assert.equal(withoutValues(text), kind);
    }
  });

  it('takes no longer than it is long', () => {
    for (const text of ["'", '"', '$a$', '/*', '--', '(', '?,', '(?),', ' ', '\\', "E'\\"]) {
      withoutValues(text.repeat(100_000));
    }
  });
});

describe('counted statements', () => {
  it('are told by kind, the slowest first; transactions apart', () => {
    const counter = new StatementCounter();
    for (const [text, ms] of [
      ['begin', 1],
      ['select 1', 2],
      ['select 2', 3],
      ['update a set b = $1', 10],
      ['commit', 4],
      ['start transaction isolation level repeatable read read only', 1],
      ['rollback', 1],
      ['rollback to savepoint a', 1],
      ['begin; update a set b = 1; commit', 7],
    ] as const) {
      counter.record(text, ms);
    }
    const { since, ...counts } = counter.read(10);
    assert.deepEqual(counts, {
      total: 4,
      totalMs: 22,
      transactions: 2,
      rolledBack: 1,
      slowest: [
        { query: 'update a set b = ?', calls: 1, totalMs: 10 },
        { query: 'begin; update a set b = ?; commit', calls: 1, totalMs: 7 },
        { query: 'select ?', calls: 2, totalMs: 5 },
      ],
    });
    assert.ok(since <= new Date());
    assert.equal(counter.read(1).slowest.length, 1);
  });

  it('fill no memory, whatever is sent: the slow ones stay', () => {
    const counter = new StatementCounter();
    counter.record('select slow', 1_000);
    for (let index = 0; index < 5_000; index++) counter.record(`select column_${index}`, 1);
    const { total, totalMs, slowest } = counter.read(10_000);
    assert.deepEqual([total, totalMs, slowest.length], [5_001, 6_000, 500]);
    assert.equal(slowest[0]?.query, 'select slow');
  });
});
