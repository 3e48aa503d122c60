import { assert } from 'chai';
import { formatAge, formatTime } from '../../src/format/time.ts';
import { formatChange, formatValue, valueParts, type ValueFormat } from '../../src/format/value.ts';
import { canonicalLocale } from '../../src/format/formatters.ts';

describe('figures', () => {
  const written: [value: number | string | null, format: ValueFormat, en: string, de: string][] = [
    [18204, 'number', '18,204', '18.204'],
    [0, 'number', '0', '0'],
    ['4460.18', 'currency', '$4,460.18', '4.460,18 $'],
    ['0.021400', 'currency', '$0.021', '0,021 $'],
    ['0.5', 'currency', '$0.50', '0,50 $'],
    ['0', 'currency', '$0.00', '0,00 $'],
    [
      '12345678901234567.89',
      'currency',
      '$12,345,678,901,234,567.89',
      '12.345.678.901.234.567,89 $',
    ],
    [0.869, 'percent', '86.9%', '86,9 %'],
    [0.0004, 'percent', '0.04%', '0,04 %'],
    [1, 'percent', '100%', '100 %'],
    [0.9996, 'percent', '99.96%', '99,96 %'],
    [-0, 'number', '0', '0'],
    [-0.001, 'number', '0', '0'],
    [-0, 'percent', '0%', '0 %'],
    [-3, 'number', '-3', '-3'],
    [820, 'duration', '820ms', '820 ms'],
    [2410, 'duration', '2.41s', '2,41 Sek.'],
    [999, 'duration', '999ms', '999 ms'],
    [999.6, 'duration', '1s', '1 Sek.'],
    [59_940, 'duration', '59.9s', '59,9 Sek.'],
    [59_960, 'duration', '1 min', '1 Min.'],
    [59_999, 'duration', '1 min', '1 Min.'],
    [3_599_999, 'duration', '1 hr', '1 Std.'],
    [61_000, 'duration', '1.02 min', '1,02 Min.'],
    [0, 'duration', '0ms', '0 ms'],
    [4_200_000, 'bytes', '4.2 MB', '4,2 MB'],
    [999_000, 'bytes', '999 kB', '999 kB'],
    [999_999, 'bytes', '1 MB', '1 MB'],
    [0.5, 'bytes', '0.5 byte', '0,5 Byte'],
    [9_999, 'tokens', '9,999', '9.999'],
    [2_710_000, 'tokens', '2.71M', '2,71 Mio.'],
    [null, 'number', '–', '–'],
    ['', 'number', '–', '–'],
    ['  ', 'number', '–', '–'],
    [' 7 ', 'number', '7', '7'],
    ['7 or 8', 'number', '–', '–'],
    ['banana', 'currency', '–', '–'],
    [NaN, 'percent', '–', '–'],
    [Infinity, 'number', '–', '–'],
  ];
  for (const [value, format, en, de] of written) {
    it(`${value} as ${format} is ${en}`, () => {
      // The space before a unit is one that doesn't break.
      const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
      assert.equal(plain(formatValue(value, format, 'en')), en);
      assert.equal(plain(formatValue(value, format, 'de')), de);
    });
  }

  it('let decimals of money and units recede', () => {
    const loud = (value: number | string, format: ValueFormat, locale: string) =>
      valueParts(value, format, locale, () => '').join('');
    assert.equal(loud('4460.18', 'currency', 'en'), '$4,460');
    assert.equal(loud('4460.18', 'currency', 'de'), '4.460');
    assert.equal(loud(0.869, 'percent', 'en'), '86.9');
    assert.equal(loud(2410, 'duration', 'en'), '2.41');
    assert.equal(loud(2_710_000, 'tokens', 'en'), '2.71');
    // Below a dollar the decimals are the figure.
    assert.equal(loud('0.00012', 'currency', 'en'), '$0.00012');
    assert.equal(loud('-0.5', 'currency', 'en'), '-$0.50');
    assert.equal(loud('-2.5', 'currency', 'en'), '-$2');
  });

  it('have the same sign for dollars wherever it is read', () => {
    assert.equal(formatValue('4460.18', 'currency', 'en-GB'), '$4,460.18');
    assert.notInclude(formatValue('4460.18', 'currency', 'ar'), 'US');
    assert.notInclude(formatValue('4460.18', 'currency', 'fr-CA'), 'US');
  });

  it('never look like a limit that they are below', () => {
    const limit = formatValue(0.9999, 'percent', 'en');
    assert.equal(limit, '99.99%');
    assert.notEqual(formatValue(0.9996, 'percent', 'en'), limit);
  });

  it('have the size of changes: an arrow says their direction', () => {
    assert.equal(formatChange(0.124, 'en'), '12.4%');
    assert.equal(formatChange(-0.04, 'en'), '4%');
    assert.equal(formatChange(0, 'en'), '0%');
    assert.equal(formatChange(-0.0001, 'en'), '0%');
  });

  it('have changes above 999 % as a factor', () => {
    assert.equal(formatChange(9.99, 'en'), '999%');
    assert.equal(formatChange(11, 'en'), '×12');
    assert.equal(formatChange(370.557, 'en'), '×372');
    assert.equal(formatChange(99_999, 'de'), '×100.000');
  });

  it('have changes of rates in percentage points', () => {
    // 10 % that became 12 %.
    assert.equal(formatChange(0.2, 'en', 0.12), '2 pp');
    assert.equal(formatChange(-0.5, 'en', 0.05), '5 pp');
    assert.equal(formatChange(0, 'en', 0.05), '0 pp');
    // 0.1 % that became 30 %: no factor.
    assert.equal(formatChange(299, 'en', 0.3), '29.9 pp');
    assert.equal(formatChange(0.2, 'de', 0.12), '2 %-Pkt.');
    // From where it came to 0 is not known.
    assert.equal(formatChange(-1, 'en', 0), '100%');
  });

  it('survive a locale that is none', () => {
    assert.equal(canonicalLocale('no such locale'), 'en');
    assert.equal(formatValue(1234, 'number', 'no such locale'), '1,234');
  });
});

describe('times', () => {
  it('have an age in the largest whole unit', () => {
    assert.equal(formatAge(12_400, 'en'), '12 sec');
    assert.equal(formatAge(150_000, 'en'), '2 min');
    assert.equal(formatAge(2 * 86_400_000, 'en'), '2 days');
    assert.equal(formatAge(-5, 'en'), '0 sec');
  });

  it('are empty where they are none', () => {
    assert.equal(formatTime('yesterday', 'en'), '');
    assert.include(formatTime('2026-11-21T10:00:00Z', 'en'), '2026');
  });
});
