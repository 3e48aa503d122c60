/** What an IP address is, whatever form it is written in, and ranges of addresses. Pure. */
import { BlockList, isIP, isIPv4 } from 'node:net';

/** Where an address leads. */
export type AddressKind =
  'public' | 'loopback' | 'private' | 'shared' | 'link-local' | 'multicast' | 'reserved';

type Range = readonly [kind: Exclude<AddressKind, 'public'>, network: string, prefix: number];

/** IANA's special-purpose registries: all of IPv4 that is not public. */
const IPV4: readonly Range[] = [
  ['reserved', '0.0.0.0', 8],
  ['private', '10.0.0.0', 8],
  ['shared', '100.64.0.0', 10],
  ['loopback', '127.0.0.0', 8],
  ['link-local', '169.254.0.0', 16],
  ['private', '172.16.0.0', 12],
  ['reserved', '192.0.0.0', 24],
  ['reserved', '192.0.2.0', 24],
  ['reserved', '192.31.196.0', 24],
  ['reserved', '192.52.193.0', 24],
  ['reserved', '192.88.99.0', 24],
  ['private', '192.168.0.0', 16],
  ['reserved', '192.175.48.0', 24],
  ['reserved', '198.18.0.0', 15],
  ['reserved', '198.51.100.0', 24],
  ['reserved', '203.0.113.0', 24],
  ['multicast', '224.0.0.0', 4],
  ['reserved', '240.0.0.0', 4],
  // Azure's WireServer, which gives a virtual machine its credentials.
  ['reserved', '168.63.129.16', 32],
];

/** What has a name in IPv6; of all else only 2000::/3 is in public use. */
const IPV6: readonly Range[] = [
  ['loopback', '::1', 128],
  ['private', 'fc00::', 7],
  ['private', 'fec0::', 10],
  ['link-local', 'fe80::', 10],
  ['multicast', 'ff00::', 8],
  // Protocols, Teredo among them, whose address holds another one in disguise.
  ['reserved', '2001::', 23],
  ['reserved', '2001:db8::', 32],
  ['reserved', '2620:4f:8000::', 48],
  ['reserved', '3fff::', 20],
];

const lists = (ranges: readonly Range[], family: 'ipv4' | 'ipv6') =>
  ranges.map(([kind, network, prefix]) => {
    const list = new BlockList();
    list.addSubnet(network, prefix, family);
    return { kind, list };
  });

const ipv4Lists = lists(IPV4, 'ipv4');
const ipv6Lists = lists(IPV6, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** @param address as `isIP` knows it; anything else is reserved */
export function kindOf(address: string): AddressKind {
  const plain = unwrapped(address);
  if (plain === null) return 'reserved';
  if (isIPv4(plain)) {
    return ipv4Lists.find(({ list }) => list.check(plain, 'ipv4'))?.kind ?? 'public';
  }
  const named = ipv6Lists.find(({ list }) => list.check(plain, 'ipv6'));
  return named?.kind ?? (globalUnicast.check(plain, 'ipv6') ? 'public' : 'reserved');
}

/**
 * The address that a packet ends up at: of an IPv6 address that carries an IPv4 one, the latter.
 * `null`: it is not an address.
 */
function unwrapped(address: string): string | null {
  // A zone says through which interface a link-local address is meant.
  const bare = address.replace(/%.*$/s, '');
  if (isIP(bare) === 0) return null;
  if (isIPv4(bare)) return bare;
  const groups = groupsOf(bare);
  const ipv4At = (index: number): string => {
    const [high = 0, low = 0] = groups.slice(index, index + 2);
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  };
  const [first, second] = groups;
  const startsWith = (...start: number[]): boolean =>
    start.every((group, index) => groups[index] === group);
  // Mapped, translated (SIIT), and NAT64.
  if (startsWith(0, 0, 0, 0, 0, 0xffff) || startsWith(0, 0, 0, 0, 0xffff, 0)) return ipv4At(6);
  if (startsWith(0x64, 0xff9b, 0, 0, 0, 0)) return ipv4At(6);
  // 6to4.
  if (first === 0x2002 && second !== undefined) return ipv4At(1);
  // ISATAP.
  const isIsatap = groups[5] === 0x5efe && [0, 0x200].includes(groups[4] ?? -1);
  if (isIsatap && kindOf(ipv4At(6)) !== 'public') return ipv4At(6);
  // IPv4-compatible; the first two of them, `::` and `::1`, are not.
  const isLow = startsWith(0, 0, 0, 0, 0, 0) && !(groups[6] === 0 && (groups[7] ?? 0) <= 1);
  return isLow ? ipv4At(6) : bare;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The parser of URLs writes all forms, dotted ends too, as hexadecimal groups.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const parts = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [before, after] = [parts(head), parts(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
}

/** Ranges of addresses. */
export class AddressRanges {
  readonly #list = new BlockList();

  /** Adds `10.0.0.0/8` or a single address. Returns `false` where the text is neither. */
  add(text: string): boolean {
    const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
    const version = isIP(address);
    if (version === 0 || address.includes('%')) return false;
    const bits = version === 4 ? 32 : 128;
    const length = prefix === undefined ? bits : Number(prefix);
    if (length > bits) return false;
    this.#list.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
    return true;
  }

  /** Whether an address, or the IPv4 address that it carries, is in one of them. */
  has(address: string): boolean {
    const bare = address.replace(/%.*$/s, '');
    return [bare, unwrapped(bare)].some(
      (each) => each !== null && this.#list.check(each, isIPv4(each) ? 'ipv4' : 'ipv6'),
    );
  }
}
