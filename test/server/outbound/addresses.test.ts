/** Which addresses are public, in every form in which one can be written. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AddressRanges, kindOf } from '../../../server/outbound/addresses.ts';
import { OutboundError } from '../../../server/outbound/errors.ts';
import { Outbound } from '../../../server/outbound/outbound.ts';
import { runs } from '../../support/effort.ts';

type Bytes = readonly [number, number, number, number];

const byte = fc.nat(255);
const rest = (...head: number[]) =>
  fc.tuple(byte, byte, byte, byte).map((bytes) => [...head, ...bytes].slice(0, 4));

/** IPv4 addresses that are not public, of each kind. */
const inside: fc.Arbitrary<Bytes> = fc
  .oneof(
    rest(10),
    rest(127),
    rest(0),
    rest(192, 168),
    rest(169, 254),
    rest(192, 0, 0),
    rest(192, 0, 2),
    rest(198, 51, 100),
    rest(203, 0, 113),
    rest(192, 31, 196),
    rest(192, 52, 193),
    rest(192, 88, 99),
    rest(192, 175, 48),
    fc.constant([168, 63, 129, 16]),
    fc.integer({ min: 16, max: 31 }).chain((second) => rest(172, second)),
    fc.integer({ min: 64, max: 127 }).chain((second) => rest(100, second)),
    fc.integer({ min: 18, max: 19 }).chain((second) => rest(198, second)),
    fc.integer({ min: 224, max: 255 }).chain((first) => rest(first)),
    fc.constantFrom([169, 254, 169, 254], [127, 0, 0, 1], [255, 255, 255, 255], [0, 0, 0, 0]),
  )
  .map(([a = 0, b = 0, c = 0, d = 0]) => [a, b, c, d]);

const dotted = (bytes: Bytes): string => bytes.join('.');
const numberOf = ([a, b, c, d]: Bytes): number => ((a * 256 + b) * 256 + c) * 256 + d;
const hexGroups = ([a, b, c, d]: Bytes): string =>
  `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
const wide = (text: string): string =>
  text.replaceAll(/[0-9a-z]/g, (each) => String.fromCodePoint((each.codePointAt(0) ?? 0) + 0xfee0));

/** How IPv4 addresses are written in URLs. */
const forms: readonly ((bytes: Bytes) => string)[] = [
  dotted,
  (bytes) => `${dotted(bytes)}.`,
  (bytes) => String(numberOf(bytes)),
  (bytes) => `0x${numberOf(bytes).toString(16)}`,
  (bytes) => `0${numberOf(bytes).toString(8)}`,
  (bytes) => bytes.map((each) => `0x${each.toString(16)}`).join('.'),
  (bytes) => bytes.map((each) => `0${each.toString(8)}`).join('.'),
  (bytes) => bytes.map((each) => `0000${each.toString(8)}`).join('.'),
  ([a, b, c, d]) => `${a}.${b}.${c * 256 + d}`,
  ([a, b, c, d]) => `${a}.${(b * 256 + c) * 256 + d}`,
  ([a, ...more]) => [`0X${a.toString(16).toUpperCase()}`, ...more].join('.'),
  (bytes) => wide(dotted(bytes)),
  (bytes) => dotted(bytes).replaceAll('.', '。'),
  (bytes) => encodeURIComponent(dotted(bytes)).replaceAll('.', '%2E'),
];

/** How IPv6 addresses carry one. */
const carriers: readonly ((bytes: Bytes) => string)[] = [
  (bytes) => `::ffff:${dotted(bytes)}`,
  (bytes) => `::ffff:${hexGroups(bytes)}`,
  (bytes) => `0:0:0:0:0:FFFF:${hexGroups(bytes)}`,
  (bytes) => `::ffff:0:${dotted(bytes)}`,
  (bytes) => `::${dotted(bytes)}`,
  (bytes) => `64:ff9b::${dotted(bytes)}`,
  (bytes) => `64:ff9b:1::${dotted(bytes)}`,
  (bytes) => `2002:${hexGroups(bytes)}::1`,
  (bytes) => `2001:0:${hexGroups(bytes)}::1`,
  (bytes) => `2a00:1450:4001:800:0:5efe:${dotted(bytes)}`,
];

const group = fc.nat(0xffff).map((value) => value.toString(16));
const groups = (head: string) =>
  fc.array(group, { minLength: 7, maxLength: 7 }).map((tail) => [head, ...tail].join(':'));

/** IPv6 addresses that are not public. */
const inside6 = fc.oneof(
  fc.constantFrom(
    '::',
    '::1',
    '0:0:0:0:0:0:0:1',
    '100::1',
    '2001:db8::1',
    '3fff::1',
    '5f00::1',
    '2620:4f:8000::1',
  ),
  fc.integer({ min: 0xfc00, max: 0xfdff }).chain((head) => groups(head.toString(16))),
  fc.integer({ min: 0xfe80, max: 0xffff }).chain((head) => groups(head.toString(16))),
  fc.integer({ min: 0x4000, max: 0xfbff }).chain((head) => groups(head.toString(16))),
);

/** The reason for which a URL is refused; a request that is sent fails the test. */
async function refusal(url: string, outbound: Outbound): Promise<string> {
  const asked = outbound.fetch(url, { purpose: 'test' });
  const error: unknown = await asked.then(
    () => assert.fail(`${url} was requested`),
    (error: unknown) => error,
  );
  assert.ok(error instanceof OutboundError, `${url}: ${String(error)}`);
  assert.ok(error.isRefusal, `${url}: ${error.reason}, ${error.message}`);
  return error.reason;
}

describe('an address that is not public', () => {
  const outbound = new Outbound();

  it('is refused in each form of IPv4', async () => {
    const url = fc.tuple(inside, fc.constantFrom(...forms), fc.constantFrom('http', 'https'));
    await fc.assert(
      fc.asyncProperty(url, async ([bytes, form, scheme]) => {
        const text = `${scheme}://${form(bytes)}/`;
        assert.equal(await refusal(text, outbound), 'address', text);
      }),
      { numRuns: runs(500) },
    );
  });

  it('is refused in each form of IPv6 that carries it', async () => {
    await fc.assert(
      fc.asyncProperty(inside, fc.constantFrom(...carriers), async (bytes, carrier) => {
        const address = carrier(bytes);
        assert.notEqual(kindOf(address), 'public', address);
        assert.equal(await refusal(`http://[${address}]/`, outbound), 'address', address);
      }),
      { numRuns: runs(500) },
    );
  });

  it('is refused where it is IPv6 itself, with a zone or without', async () => {
    await fc.assert(
      fc.asyncProperty(inside6, async (address) => {
        assert.notEqual(kindOf(address), 'public', address);
        assert.notEqual(kindOf(`${address}%eth0`), 'public', address);
        assert.equal(await refusal(`http://[${address}]/`, outbound), 'address', address);
        assert.equal(await refusal(`http://[${address}%25eth0]/`, outbound), 'url', address);
      }),
      { numRuns: runs(300) },
    );
  });

  it('is refused by any name, and whatever else the name has', async () => {
    const names = ['localhost', 'LOCALHOST', 'localhost.', 'ⓛocalhost', 'xn--a', 'a.b', 'a.b.'];
    const named = fc.tuple(
      fc.constantFrom(...names),
      fc.oneof(
        inside.map(dotted),
        inside6,
        fc.tuple(inside, fc.constantFrom(...carriers)).map(([bytes, carrier]) => carrier(bytes)),
      ),
      fc.shuffledSubarray(['93.184.216.34', '2606:2800:21f:cb07:6820:80da:af6b:8b2c']),
      fc.nat(2),
    );
    await fc.assert(
      fc.asyncProperty(named, async ([name, address, others, place]) => {
        const addresses = others.toSpliced(place, 0, address);
        const client = new Outbound({ resolve: () => Promise.resolve(addresses) });
        assert.equal(await refusal(`https://${name}/`, client), 'address', addresses.join());
      }),
      { numRuns: runs(300) },
    );
  });

  it('is refused by the names that the operating system knows', async () => {
    for (const name of ['localhost', 'localhost.', 'LocalHost', 'ｌocalhost']) {
      assert.equal(await refusal(`http://${name}/`, outbound), 'address', name);
    }
  });
});

describe('an address that is public', () => {
  it('is taken as such, whatever surrounds it', () => {
    for (const address of [
      ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '126.255.255.255', '128.0.0.0'],
      ...['172.15.255.255', '172.32.0.0', '100.63.255.255', '100.128.0.0', '169.253.255.255'],
      ...['192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255'],
      ...['2606:4700:4700::1111', '2a00:1450:4001:800::200e', '2001:4860:4860::8888'],
      ...['64:ff9b::808:808', '::ffff:8.8.8.8', '2002:808:808::1'],
    ]) {
      assert.equal(kindOf(address), 'public', address);
    }
  });

  it('is nothing that is not an address', () => {
    for (const text of ['', 'localhost', '1.2.3', '1.2.3.4.5', '::g', '01.2.3.4', '1.2.3.4/8']) {
      assert.equal(kindOf(text), 'reserved', text);
    }
  });
});

describe('ranges of addresses', () => {
  it('hold what is in them, carried in IPv6 as well', () => {
    const ranges = new AddressRanges();
    assert.ok(ranges.add('10.0.0.0/8') && ranges.add('127.0.0.2') && ranges.add('fd00::/8'));
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '64:ff9b::10.1.2.3', 'fd12::1']) {
      assert.ok(ranges.has(address), address);
    }
    for (const address of ['11.0.0.0', '127.0.0.1', '::1', 'fc00::1', '::ffff:127.0.0.1', 'x']) {
      assert.ok(!ranges.has(address), address);
    }
  });

  it('are written as a network and its length', () => {
    const ranges = new AddressRanges();
    for (const text of [
      ...['', 'localhost', '10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0/8', '10.0.0.0/8/8'],
      ...['10.0.0.0/-1', '10.0.0.0/8x', 'fe80::1%eth0', '*', ' 10.0.0.0/8'],
    ]) {
      assert.equal(ranges.add(text), false, text);
    }
  });
});
