/** Exact sums of US dollars: decimal strings outside, whole trillionths of a dollar inside. */

const PLACES = 12;

/** Trillionths of a dollar; what is finer is cut off. */
export type Pico = bigint;

/** @param usd a decimal string, such as `0.0214` or `-1.5` */
export function toPico(usd: string): Pico {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(usd);
  if (!match) throw new RangeError(`Not a decimal: ${usd}`);
  const [, sign = '', whole = '0', fraction = ''] = match;
  const pico = BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, '0'));
  return sign ? -pico : pico;
}

/** The shortest decimal string with at least two places. */
export function fromPico(pico: Pico): string {
  const digits = (pico < 0n ? -pico : pico).toString().padStart(PLACES + 1, '0');
  const fraction = digits.slice(-PLACES).replace(/0+$/, '').padEnd(2, '0');
  return `${pico < 0n ? '-' : ''}${digits.slice(0, -PLACES)}.${fraction}`;
}

/** One amount, one spelling. */
export const plainUsd = (usd: string): string => fromPico(toPico(usd));
