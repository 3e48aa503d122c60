/**
 * `Intl` formatters are slow to make and a page of cards asks for the same few again and again, so
 * each is made once. An unknown locale becomes the default instead of throwing.
 */
const cache = new Map<string, unknown>();

function cached<T>(key: string, make: () => T): T {
  let found = cache.get(key) as T | undefined;
  if (found === undefined) cache.set(key, (found = make()));
  return found;
}

/** The locale as `Intl` writes it, or `en` if it isn't a locale. */
export function canonicalLocale(locale: string | null | undefined): string {
  try {
    return Intl.getCanonicalLocales(locale ?? 'en')[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/**
 * Writes numbers in a locale as `Intl` does, but in every language with the minus sign U+2212, which
 * is as wide as a digit, and without a space at which a line may break. Decimal strings stay exact.
 */
class NumberFormatter {
  readonly #intl: Intl.NumberFormat;

  constructor(locale: string, options: Intl.NumberFormatOptions) {
    this.#intl = new Intl.NumberFormat(canonicalLocale(locale), options);
  }

  format(value: number | string): string {
    return this.formatToParts(value)
      .map((part) => part.value)
      .join('');
  }

  formatToParts(number: number | string): Intl.NumberFormatPart[] {
    // `Intl` takes any decimal string; its type says so only for literals.
    return this.#intl.formatToParts(number as number).map(({ type, value }) => ({
      type,
      // Marks of direction around the sign stay.
      value: type === 'minusSign' ? value.replace('-', '\u2212') : value.replaceAll(' ', '\u00a0'),
    }));
  }
}

/** A number formatter. */
export const numberFormat = (
  locale: string,
  options: Intl.NumberFormatOptions = {},
): NumberFormatter =>
  cached(`n${locale}${JSON.stringify(options)}`, () => new NumberFormatter(locale, options));

/** A formatter of dates and times. */
export const dateFormat = (
  locale: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat =>
  cached(
    `d${locale}${JSON.stringify(options)}`,
    () => new Intl.DateTimeFormat(canonicalLocale(locale), options),
  );

/** The script of a locale's language: `Latn`, `Arab`, `Jpan`. */
export const scriptOf = (locale: string): string =>
  cached(`s${locale}`, () => new Intl.Locale(canonicalLocale(locale)).maximize().script ?? '');

/** The plural rules of a locale. */
export const pluralRules = (locale: string): Intl.PluralRules =>
  cached(`p${locale}`, () => new Intl.PluralRules(canonicalLocale(locale)));
