import { isIP, isIPv4, isIPv6 } from 'node:net';

/**
 * Where a request comes from: the connection's address, or what the trusted proxies say of it.
 * @param socket the connection's address
 * @param forwarded the header `X-Forwarded-For`
 */
export function clientAddress(
  socket: string,
  forwarded: string | undefined,
  trustedProxies: number,
): string {
  const told = (forwarded ?? '').split(',').map((it) => it.trim());
  const chain = [...told.filter(Boolean), socket];
  // Each proxy adds at the end whom it was called by; further left anybody may have written.
  const address = chain[Math.max(0, chain.length - 1 - trustedProxies)] ?? socket;
  return ipOf(address) ?? ipOf(socket) ?? '';
}

/**
 * What one caller may count as: an IPv4 address, or the 64 bits of an IPv6 one that a network gives
 * away as a whole.
 */
export function networkOf(ip: string): string {
  const plain = unmapped(ip);
  if (!isIPv6(plain)) return plain.slice(0, 64);
  return `${groupsOf(plain).slice(0, 4).join(':')}::/64`;
}

/** Some proxies write a port beside the address; `null`: it is no address at all. */
function ipOf(text: string): string | null {
  const [, bracketed] = /^\[([^\]]+)\](?::\d+)?$/.exec(text) ?? [];
  const [, v4] = /^([\d.]+):\d+$/.exec(text) ?? [];
  const ip = bracketed ?? v4 ?? text;
  return isIP(ip) === 0 ? null : unmapped(ip);
}

/** An IPv4 address that is written as an IPv6 one (`::ffff:c633:6404`) is one of IPv4. */
function unmapped(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const groups = groupsOf(ip);
  const isMapped = groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff';
  if (!isMapped) return ip;
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups of an IPv6 address, in lower case and without leading zeros. */
function groupsOf(ip: string): string[] {
  const [address = ''] = ip.toLowerCase().split('%');
  const [head = '', tail] = address.split('::');
  const before = groups(head);
  const after = groups(tail ?? '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return tail === undefined ? before : [...before, ...zeros, ...after];
}

function groups(text: string): string[] {
  return text.split(':').flatMap((group) => {
    if (group === '') return [];
    if (!isIPv4(group)) return [group.replace(/^0+(?=.)/, '')];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [((a << 8) | b).toString(16), ((c << 8) | d).toString(16)];
  });
}
