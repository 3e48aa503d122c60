import { isIP } from 'node:net';

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

/** Some proxies write a port beside the address; `null`: it is no address at all. */
function ipOf(text: string): string | null {
  const [, bracketed] = /^\[([^\]]+)\](?::\d+)?$/.exec(text) ?? [];
  const [, v4] = /^([\d.]+):\d+$/.exec(text) ?? [];
  const ip = (bracketed ?? v4 ?? text).replace(/^::ffff:(?=[\d.]+$)/i, '');
  return isIP(ip) === 0 ? null : ip;
}
