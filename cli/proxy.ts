import { BlockList, isIP } from 'node:net';
import type { ProxyAgent } from 'undici';
import { UsageError } from './exit.ts';

/** The proxy that requests to a server go through. */
export interface Proxy {
  /** May hold a user and a password: never shown. */
  url: URL;
  /** The environment variable that names it. */
  variable: string;
}

/**
 * Returns the proxy that the environment names for a server, or `undefined` for a direct connection:
 * `HTTPS_PROXY` for https, `HTTP_PROXY` for http, `NO_PROXY` for exceptions, each in lower case as
 * well, which wins. This machine itself is never reached through a proxy.
 *
 * @throws UsageError for an address that isn't an HTTP proxy's; the address is not quoted
 */
export function proxyFor(server: URL, env: NodeJS.ProcessEnv): Proxy | undefined {
  const name = server.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const variable = [name, name.toUpperCase()].find((each) => env[each]);
  if (variable === undefined || isLoopback(hostOf(server))) return undefined;
  if (isExcluded(server, env.no_proxy || env.NO_PROXY || '')) return undefined;
  const text = env[variable] ?? '';
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (!url || !/^https?:$/.test(url.protocol)) {
    const example = 'http://proxy.example.com:3128';
    throw new UsageError(
      `${variable} must be the address of an HTTP proxy, such as ${example}.`,
      'To connect without it, add the server to NO_PROXY.',
    );
  }
  return { url, variable };
}

/**
 * A `fetch` that goes through a proxy: over a tunnel to https, else by forwarding. The proxy support
 * of Node itself needs 24.14, and opens a tunnel to http as well, which many proxies refuse.
 */
export function proxied({ url }: Proxy): typeof globalThis.fetch {
  let agent: ProxyAgent | undefined;
  return async (input, init) => {
    const { ProxyAgent } = await import('undici');
    agent ??= new ProxyAgent({ uri: url.href, proxyTunnel: false });
    return fetch(input, { ...init, dispatcher: agent } as RequestInit);
  };
}

/** A host as `NO_PROXY` has it: an IPv6 address without brackets. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

const contains = (list: BlockList, address: string): boolean =>
  isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

const isLoopback = (host: string): boolean =>
  /(?:^|\.)localhost$/.test(host) || contains(loopback, host);

/** Whether `NO_PROXY` has a server: `*`, a host with its subdomains, an address or a range of them. */
function isExcluded(server: URL, noProxy: string): boolean {
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => entry === '*' || matches(entry, hostOf(server), port));
}

function matches(entry: string, host: string, port: string): boolean {
  const [, network = '', bits = ''] = /^\[?([\d.]+|[\da-f:.]+)\]?\/(\d+)$/.exec(entry) ?? [];
  if (isIP(network) !== 0) return contains(rangeOf(network, Number(bits)), host);
  if (isIP(entry) !== 0) return entry === host;
  const [, name = entry, ownPort = port] = /^(.*?):(\d+)$/.exec(entry) ?? [];
  const bare = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  return ownPort === port && (host === bare || host.endsWith(`.${bare}`));
}

/** Empty for a length that isn't one. */
function rangeOf(network: string, bits: number): BlockList {
  const list = new BlockList();
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if (bits <= (family === 'ipv6' ? 128 : 32)) list.addSubnet(network, bits, family);
  return list;
}
