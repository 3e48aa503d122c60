/** Which URLs may be requested at all. */
import { OutboundError } from './errors.ts';

/**
 * Which addresses a request may reach: `public` ones alone, or as well those of the operator's own
 * networks (loopback, private, shared), for URLs that the operator has configured.
 */
export type Reach = 'public' | 'own-networks';

/** Ports that belong to other protocols: browsers refuse them too (fetch.spec.whatwg.org). */
const OTHER_PROTOCOLS = new Set([
  ...[0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101],
  ...[102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389],
  ...[427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636],
  ...[989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665],
  ...[6666, 6667, 6668, 6669, 6679, 6697, 10080],
]);

/** Databases, caches and daemons that read commands out of HTTP, or act on them. */
const SERVICES = new Set([
  ...[1433, 1521, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5672, 5984, 5985, 5986, 6379, 8125],
  ...[9042, 9092, 9200, 9300, 10250, 11211, 27017],
]);

/** The lowest port beside 80 and 443 that anybody may name. */
const FIRST_USER_PORT = 1_024;

/** Characters of a URL. */
const MAX_LENGTH = 2_048;

/** @throws OutboundError with the reason `url` */
export function readUrl(text: string, reach: Reach): URL {
  const refuse = (what: string): never => {
    throw new OutboundError('url', what);
  };
  if (text.length > MAX_LENGTH) refuse(`The URL is longer than ${MAX_LENGTH} characters.`);
  const url = URL.parse(text) ?? refuse('The URL is not valid.');
  if (!['http:', 'https:'].includes(url.protocol)) {
    refuse('The URL must start with http:// or https://.');
  }
  if (url.username !== '' || url.password !== '') refuse('The URL must not contain credentials.');
  const port = portOf(url);
  const isUsual = port === 80 || port === 443;
  const isForAnybody = isUsual || (port >= FIRST_USER_PORT && !SERVICES.has(port));
  if (OTHER_PROTOCOLS.has(port) || (reach === 'public' && !isForAnybody)) {
    refuse(`Port ${port} is not allowed: it belongs to another kind of service.`);
  }
  return url;
}

export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

/** The host as the network knows it: an IPv6 address without its brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');
