/** A small real DNS server on the loopback interface (RFC 1035), for names that change their mind. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { patience } from './patience.ts';

/** What is asked. */
export interface Question {
  name: string;
  type: 'A' | 'AAAA' | 'other';
}

const TYPES: Record<number, Question['type']> = { 1: 'A', 28: 'AAAA' };
const HEADER_BYTES = 12;
/** No such name. */
const NXDOMAIN = 3;

export class DnsServer {
  /** All that was asked, in order. */
  readonly asked: Question[] = [];
  /** The addresses of a name, of both families; `null`: no such name; never, where it throws. */
  answer: (name: string) => readonly string[] | null = () => null;
  readonly #socket = createSocket('udp4');

  static async start(): Promise<DnsServer> {
    const server = new DnsServer();
    server.#socket.on('message', (message, { port, address }) => {
      const reply = server.#reply(message);
      if (reply) server.#socket.send(reply, port, address);
    });
    server.#socket.bind(0, '127.0.0.1');
    await once(server.#socket, 'listening');
    return server;
  }

  /** Asks this server for all addresses of a name, and keeps no answer. */
  resolver(): (host: string) => Promise<string[]> {
    const resolver = new Resolver({ timeout: patience(2_000), tries: 1 });
    resolver.setServers([`127.0.0.1:${this.#socket.address().port}`]);
    return async (host) => {
      const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      const addresses = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
      const [failed] = found.flatMap((each) =>
        each.status === 'rejected' ? [each.reason as Error] : [],
      );
      if (addresses.length === 0) throw failed ?? new Error('No address.');
      return addresses;
    };
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  #reply(message: Buffer): Buffer | null {
    const labels: string[] = [];
    let at = HEADER_BYTES;
    for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
      labels.push(message.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const question = message.subarray(HEADER_BYTES, at + 5);
    const type = TYPES[message.readUInt16BE(at + 1)] ?? 'other';
    const name = labels.join('.').toLowerCase();
    this.asked.push({ name, type });
    const addresses = this.answer(name);
    const records = (addresses ?? [])
      .filter((address) => type === (isIPv4(address) ? 'A' : 'AAAA'))
      .map(recordOf);
    const header = Buffer.from(message.subarray(0, HEADER_BYTES));
    // An answer, recursion available; one question, so many answers, nothing else.
    header.writeUInt16BE(0x8180 | (addresses === null ? NXDOMAIN : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    header.writeUInt32BE(0, 8);
    return Buffer.concat([header, question, ...records]);
  }
}

/** Of the name that was asked for, to be kept for no time at all. */
function recordOf(address: string): Buffer {
  const isV4 = isIPv4(address);
  const data = isV4 ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(isV4 ? 1 : 28, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(0, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function ipv6Bytes(address: string): Buffer {
  const hex = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = hex.split('::');
  const parts = (text = ''): string[] => (text === '' ? [] : text.split(':'));
  const [before, after] = [parts(head), parts(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const groups = [...before, ...zeros, ...after].map((group) => group.padStart(4, '0'));
  return Buffer.from(groups.join(''), 'hex');
}
