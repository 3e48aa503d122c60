/** Settings that are addresses. Each reader reports what it can't read. */
import { AddressRanges } from '../outbound/addresses.ts';

/** With a path where the service is served below one. */
export function readPublicUrl(
  text: string | undefined,
  problem: (name: string, what: string) => void,
): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  const isAddress = url !== null && ['http:', 'https:'].includes(url.protocol);
  if (isAddress && url.search === '' && url.hash === '' && url.username === '') {
    return (url.origin + url.pathname).replace(/\/+$/, '');
  }
  problem('PUBLIC_URL', `must be an address such as https://cb.example.com, not '${text}'`);
  return undefined;
}

export function readOrigins(list: string, problem: (name: string, what: string) => void): string[] {
  const given = list.split(',').map((item) => item.trim());
  return given.filter(Boolean).flatMap((item) => {
    const url = URL.parse(item);
    const bare = url && ['http:', 'https:'].includes(url.protocol) && url.origin;
    if (bare && (item === bare || item === `${bare}/`)) return [bare];
    const meant = bare ? `: did you mean ${bare}?` : ', such as https://portal.example.com';
    problem('CLOUDBRAIN_ORIGINS', `has '${item}', which is not an origin${meant}`);
    return [];
  });
}

export function readRanges(
  list: string,
  problem: (name: string, what: string) => void,
): AddressRanges {
  const ranges = new AddressRanges();
  for (const item of list.split(',').map((each) => each.trim())) {
    if (item === '' || ranges.add(item)) continue;
    problem('OUTBOUND_ALLOW', `has '${item}', which isn't an address or range such as 10.0.0.0/8`);
  }
  return ranges;
}
