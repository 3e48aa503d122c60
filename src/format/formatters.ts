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

/** A number formatter. */
export const numberFormat = (
  locale: string,
  options: Intl.NumberFormatOptions = {},
): Intl.NumberFormat =>
  cached(
    `n${locale}${JSON.stringify(options)}`,
    () => new Intl.NumberFormat(canonicalLocale(locale), options),
  );

/** A formatter of dates and times. */
export const dateFormat = (
  locale: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat =>
  cached(
    `d${locale}${JSON.stringify(options)}`,
    () => new Intl.DateTimeFormat(canonicalLocale(locale), options),
  );

/** The plural rules of a locale. */
export const pluralRules = (locale: string): Intl.PluralRules =>
  cached(`p${locale}`, () => new Intl.PluralRules(canonicalLocale(locale)));
