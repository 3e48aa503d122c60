import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { csvCell, csvRow, csvRows, decimal, type CsvCell } from '../../../server/api/csv.ts';
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

/** What a spreadsheet takes for the start of a formula, narrow, wide, small, raised or lowered. */
const STARTS = Array.from('=+-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−');

const everyCharacter = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code));

/** What nobody sees in front of a cell: each such character that Unicode has. */
const UNSEEN = everyCharacter.filter((character) =>
  /[\p{Cf}\p{Cc}\p{Cs}\p{Z}\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]/u.test(character),
);

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

  it('lets no text begin as a formula behind what nobody sees', () => {
    for (const unseen of UNSEEN) {
      for (const start of ['=', '@']) {
        const cell = csvCell(`${unseen}${start}1`);
        assert.match(cell, /^"?'/, `U+${unseen.codePointAt(0)?.toString(16)} ${start}`);
      }
    }
    const kinds = [/\p{Cf}/u, /\p{Zs}/u, /\p{Cc}/u, /\p{Zl}|\p{Zp}/u, /\p{Cs}/u, /[^]/u];
    const groups = kinds.map((kind) => UNSEEN.filter((unseen) => kind.test(unseen)));
    const oneOf = (group: string[]) => fc.nat(group.length - 1).map((index) => group[index] ?? '');
    const prefix = fc
      .array(fc.oneof(...groups.map(oneOf)))
      // Two halves of a surrogate pair are a character that is seen.
      .filter((unseen) => [...unseen.join('')].length === unseen.length);
    fc.assert(
      fc.property(
        prefix,
        fc.constantFrom(...STARTS, '\t', '\r', '\n'),
        fc.string(),
        (unseen, start, rest) => {
          const text = unseen.join('') + start + rest;
          const [[cell] = []] = parse(csvRow([text]));
          assert.equal(cell, `'${text}`);
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it('leaves text as it is that only has such characters in it', () => {
    for (const text of ['a =1', '\u00a0total', '\ufeffid', '1-2', '½', '👩‍👩‍👧 =', 'ﷺ=1', "'=1"]) {
      assert.deepEqual(parse(csvRow([text])), [[text]]);
    }
  });

  it('writes numbers of its own as numbers, whatever their sign', () => {
    const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(number, (value) => {
        assert.equal(csvCell(value), String(value));
      }),
      { numRuns: runs(100) },
    );
    assert.equal(csvCell(-12.5), '-12.5');
    assert.equal(csvCell(decimal('-12.50')), '-12.50');
    assert.equal(csvCell(decimal('0.081400')), '0.081400');
    assert.equal(csvCell(decimal(null)), '');
    // What is no decimal is text, wherever it came from.
    for (const text of ['-1+1', '=1', '-1\n', '+1', '-', '-1e5', ' -1']) {
      assert.match(csvCell(decimal(text)), /^"?'/, text);
    }
  });

  it('takes no longer for a long prefix than for a long text', () => {
    // Quadratic, this would take minutes.
    assert.equal(csvCell(`${'\u200b'.repeat(2_000_000)}a`).length, 2_000_001);
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
        const asRead = (value: string | number): string => String(value);
        const [header, ...read] = parse(text);
        assert.deepEqual(header, ['a', 'b']);
        assert.equal(read.length, rows.length);
        for (const [index, row] of rows.entries()) {
          const cells = read[index]?.map((cell, place) => {
            const isText = typeof row[place] === 'string';
            // One apostrophe may have come before a text, and nothing else has changed.
            return isText && cell === `'${row[place]}` ? cell.slice(1) : cell;
          });
          assert.deepEqual(cells, row.map(asRead));
        }
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
