import { assert } from 'chai';
import { fittingFormat, widthOf } from '../../src/format/fit.ts';
import { CLOCK, formatAge, formatClock, formatElapsed, formatTime } from '../../src/format/time.ts';
import { formatUnit } from '../../src/format/units.ts';
import { formatChange, formatValue, valueParts, type ValueFormat } from '../../src/format/value.ts';
import { canonicalLocale, dateFormat } from '../../src/format/formatters.ts';

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
    [-3, 'number', '−3', '−3'],
    [-0.25, 'percent', '−25%', '−25 %'],
    ['-4460.18', 'currency', '−$4,460.18', '−4.460,18 $'],
    [820, 'duration', '820 ms', '820 ms'],
    [2410, 'duration', '2.41 s', '2,41 s'],
    [999, 'duration', '999 ms', '999 ms'],
    [999.6, 'duration', '1 s', '1 s'],
    [59_940, 'duration', '59.9 s', '59,9 s'],
    [59_960, 'duration', '1 min', '1 min'],
    [59_999, 'duration', '1 min', '1 min'],
    [3_599_999, 'duration', '1 h', '1 h'],
    [61_000, 'duration', '1.02 min', '1,02 min'],
    [129_600_000, 'duration', '1.5 days', '1,5 Tage'],
    [0, 'duration', '0 ms', '0 ms'],
    [1e15, 'number', '1,000,000,000,000,000', '1.000.000.000.000.000'],
    [999_999_999_999_999, 'number', '999,999,999,999,999', '999.999.999.999.999'],
    ['9007199254740993', 'number', '9,007,199,254,740,993', '9.007.199.254.740.993'],
    ['12345678.90', 'compact-currency', '$12.3M', '12,3 Mio. $'],
    ['950.5', 'compact-currency', '$950.50', '950,50 $'],
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
    assert.equal(loud('-0.5', 'currency', 'en'), '−$0.50');
    assert.equal(loud('-2.5', 'currency', 'en'), '−$2');
  });

  it('have the same sign for dollars wherever it is read', () => {
    assert.equal(formatValue('4460.18', 'currency', 'en-GB'), '$4,460.18');
    assert.notInclude(formatValue('4460.18', 'currency', 'ar'), 'US');
    assert.notInclude(formatValue('4460.18', 'currency', 'fr-CA'), 'US');
  });

  it('have one minus sign in every language, and no space at which a line breaks', () => {
    const formats: ValueFormat[] = ['number', 'compact', 'currency', 'compact-currency'];
    const others: ValueFormat[] = ['percent', 'duration', 'bytes', 'tokens'];
    for (const locale of ['en', 'de', 'ar', 'ar-EG', 'ja', 'he', 'fa', 'fr', 'sv', 'en-IN']) {
      for (const format of [...formats, ...others]) {
        for (const size of [3, 0.5, 12_345, 98_765_432]) {
          const written = formatValue(-size, format, locale);
          const parts = valueParts(-size, format, locale, (text) => text).join('');
          assert.equal(parts, written);
          assert.notMatch(written, / |-/, `${locale} ${format}`);
          assert.lengthOf(written.match(/\u2212/g) ?? [], 1, `${locale} ${format}: ${written}`);
        }
      }
    }
  });

  it('have the digits of the locale', () => {
    assert.equal(formatValue(1234, 'number', 'ar-EG'), '١٬٢٣٤');
    assert.equal(formatValue(1234, 'number', 'ar-EG-u-nu-latn'), '1,234');
    assert.equal(formatValue(128, 'duration', 'ar-EG'), '١٢٨\u00a0ملي\u00a0ث');
    assert.equal(formatChange(11, 'ar-EG'), '×١٢');
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
    assert.equal(formatChange(-0, 'en'), '0%');
    assert.equal(formatChange(-1, 'en'), '100%');
  });

  it('have changes above 999 % as a factor', () => {
    assert.equal(formatChange(9.99, 'en'), '999%');
    assert.equal(formatChange(11, 'en'), '×12');
    assert.equal(formatChange(370.557, 'en'), '×372');
    assert.equal(formatChange(99_999, 'de'), '×100.000');
  });

  it('have changes of rates in percentage points', () => {
    const points = (change: number, rate: number, locale = 'en') =>
      formatChange(change, locale, rate).replaceAll('\u00a0', ' ');
    // 10 % that became 12 %, and back.
    assert.equal(points(0.2, 0.12), '2 pp');
    assert.equal(points(-1 / 6, 0.1), '2 pp');
    assert.equal(points(-0.5, 0.05), '5 pp');
    assert.equal(points(0, 0.05), '0 pp');
    assert.equal(points(-0, 0.05), '0 pp');
    assert.equal(points(-1e-9, 0.05), '0 pp');
    // 0.1 % that became 30 %: no factor.
    assert.equal(points(299, 0.3), '29.9 pp');
    assert.equal(points(0.2, 0.12, 'de'), '2 %-Pkt.');
    assert.equal(points(0.2, 0.12, 'ja'), '2 ポイント');
    assert.equal(points(0.2, 0.12, 'he'), '2 נק׳ אחוז');
    assert.equal(points(0.2, 0.3, 'ar'), '5 نقاط مئوية');
    assert.equal(points(0.2, 0.12, 'arn'), '2 pp', 'Mapudungun isn’t Arabic');
    // From where it came to 0 is not known.
    assert.equal(formatChange(-1, 'en', 0), '100%');
  });

  it('have no change where there is no number', () => {
    assert.equal(formatChange(NaN, 'en'), '–');
    assert.equal(formatChange(Infinity, 'en'), '–');
  });

  it('survive a locale that is none', () => {
    assert.equal(canonicalLocale('no such locale'), 'en');
    assert.equal(formatValue(1234, 'number', 'no such locale'), '1,234');
  });
});

describe('figures with little room', () => {
  const shown = (value: number | string, format: ValueFormat, room: number, locale = 'en') =>
    formatValue(value, fittingFormat(value, format, locale, room), locale);

  it('are exact where they fit, and compact where they don’t', () => {
    assert.equal(shown(1_234_567, 'number', 9), '1,234,567');
    assert.equal(shown(1_234_567, 'number', 8), '1.23M');
    assert.equal(shown('12345678.90', 'currency', 14), '$12,345,678.90');
    assert.equal(shown('12345678.90', 'currency', 13), '$12.3M');
    assert.equal(shown(123_456, 'tokens', 5), '123K');
  });

  it('stay as they are where nothing shorter exists', () => {
    assert.equal(shown(1_234, 'number', 2), '1,234');
    assert.equal(shown('12.50', 'currency', 2), '$12.50');
    assert.equal(shown(0.1234, 'percent', 2), '12.3%');
    assert.equal(shown(0, 'number', 0), '0');
  });

  it('are measured as they look', () => {
    assert.equal(widthOf('\u200e\u22123'), 2);
    assert.equal(widthOf('1230万'), 6);
    const texts: string[] = [];
    const format = fittingFormat(5_000_000, 'number', 'en', (text) => {
      texts.push(text);
      return false;
    });
    assert.equal(format, 'compact');
    assert.deepEqual(texts, ['5,000,000']);
  });
});

describe('times', () => {
  const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

  it('have an age in the largest whole unit', () => {
    assert.equal(plain(formatAge(12_400, 'en')), '12 s');
    assert.equal(plain(formatAge(150_000, 'en')), '2 min');
    assert.equal(plain(formatAge(2 * 86_400_000, 'en')), '2 days');
    assert.equal(plain(formatAge(-5, 'en')), '0 s');
  });

  it('have the same units everywhere', () => {
    for (const locale of ['en', 'en-IN', 'de', 'fr', 'sv']) {
      const age = plain(formatAge(3_600_000, locale));
      assert.equal(age, plain(formatValue(3_600_000, 'duration', locale)), locale);
      assert.equal(age, plain(formatElapsed(3_600_000, locale)), locale);
      assert.equal(age, plain(formatUnit(1, 'hour', locale)), locale);
      assert.equal(age, '1 h', locale);
    }
    assert.equal(plain(formatUnit(60, 'minute', 'ja')), '60 分');
    assert.equal(plain(formatUnit(7, 'day', 'de')), '7 Tage');
    assert.equal(plain(formatUnit(2, 'day', 'he')), 'יומיים');
  });

  it('have elapsed in their two largest units', () => {
    assert.equal(plain(formatElapsed(128, 'en')), '128 ms');
    assert.equal(plain(formatElapsed(73_000, 'en')), '1 min 13 s');
    assert.equal(plain(formatElapsed(7_200_000, 'en')), '2 h');
    assert.equal(plain(formatElapsed(7_500_000, 'de')), '2 h 5 min');
    assert.equal(plain(formatElapsed(400, 'en', true)), '0 s');
    assert.notInclude(formatElapsed(73_000, 'en'), ' ');
  });

  it('have a clock of 12 or 24 hours by locale', () => {
    const clock = (locale: string) => plain(formatClock('2026-11-21T15:05:00Z', locale, 'UTC'));
    assert.equal(clock('en-US'), '3:05 PM');
    assert.equal(clock('en-GB'), '15:05');
    assert.equal(clock('de'), '15:05');
    assert.equal(clock('ja'), '15:05');
    assert.equal(clock('ar-EG'), '٣:٠٥ م');
    assert.equal(clock('en-US-u-hc-h23'), '15:05', 'as the reader has set it');
    assert.equal(plain(formatClock('2026-11-21T00:05:00Z', 'de', 'UTC')), '0:05');
    assert.equal(formatClock('noon', 'en'), '');
    // As part of a date.
    const full = dateFormat('en-US', { weekday: 'short', ...CLOCK, timeZone: 'UTC' });
    assert.equal(plain(full.format(Date.parse('2026-11-21T15:05:00Z'))), 'Sat 3:05 PM');
  });

  it('are empty where they are none', () => {
    assert.equal(formatTime('yesterday', 'en'), '');
    assert.include(formatTime('2026-11-21T10:00:00Z', 'en'), '2026');
  });
});
