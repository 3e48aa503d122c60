import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { csvCell, csvRow, csvRows, type CsvCell } from '../../../server/api/csv.ts';
import { runs } from '../../support/effort.ts';

/** As RFC 4180 reads: quotes inside quotes are doubled, everything else in them is as it is. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let place = 0;
  while (place < text.length) {
    const quoted = /"((?:[^"]|"")*)"/y;
    quoted.lastIndex = place;
    const plain = /[^",\r\n]*/y;
    plain.lastIndex = place;
    const inQuotes = quoted.exec(text);
    const cell = inQuotes
      ? (inQuotes[1] ?? '').replaceAll('""', '"')
      : (plain.exec(text)?.[0] ?? '');
    place = inQuotes ? quoted.lastIndex : plain.lastIndex;
    row.push(cell);
    if (text[place] === ',') place++;
    else {
      assert.equal(text.slice(place, place + 2), '\r\n', JSON.stringify(text.slice(place)));
      place += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

describe('CSV', () => {
  it('writes what needs no care as it is', () => {
    assert.equal(csvRow(['plain', 1, -2.5, true, null, '']), 'plain,1,-2.5,true,,\r\n');
    assert.equal(csvRow([Number.NaN, Infinity]), ',\r\n');
  });

  it('quotes what would end a cell, in this program or another', () => {
    assert.equal(csvCell('a,b'), '"a,b"');
    assert.equal(csvCell('say "hi"'), '"say ""hi"""');
    assert.equal(csvCell('two\r\nlines'), '"two\r\nlines"');
    assert.equal(csvCell('a;=1+1'), '"a;=1+1"');
    assert.equal(csvCell(' padded '), '" padded "');
  });

  it('lets no text begin as a formula', () => {
    for (const start of ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
      assert.match(csvCell(`${start}cmd|' /C calc'!A0`), /^"?'/, JSON.stringify(start));
    }
    assert.equal(csvCell('=HYPERLINK("http://evil.example","x")').slice(0, 3), `"'=`);
    assert.equal(csvCell('-1'), `'-1`);
    assert.equal(csvCell('not=1'), 'not=1');
  });

  it('reads back as what it was, whatever that was', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('=1', '"', '""', ',', '\r\n', '\n', ';', "'", '-"', ' ', '\t=1'),
      fc.integer(),
    );
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        let text = '';
        for await (const line of csvRows(['a', 'b'], rows)) text += line;
        const asRead = (value: CsvCell): string => {
          const plain = String(value);
          return typeof value === 'string' && /^[=+\-@\t\r\n＝＋－＠]/.test(plain)
            ? `'${plain}`
            : plain;
        };
        assert.deepEqual(parse(text), [['a', 'b'], ...rows.map((row) => row.map(asRead))]);
      }),
      { numRuns: runs(100) },
    );
  });

  it('takes its rows one by one', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<CsvCell[]> {
      for (;;) yield [++given];
    }
    const lines = csvRows(['n'], endless());
    for (let line = 0; line < 3; line++) await lines.next();
    assert.equal(given, 2);
    await lines.return();
  });
});
