/** Requests of an operation, made from the contract: such as have to succeed, and any others. */
import fc from 'fast-check';
import type { Contract } from '../../server/contract/index.ts';
import { almost, anyJson, EDGE_TIMES, NASTY, nasty, valid } from './arbitrary.ts';
import { knownBody, knownParameter, knownQuestion, period, type Known } from './fuzz-known.ts';
import { malformed, wellFormed } from './otlp-bodies.ts';
import type { Signal } from './otlp-trees.ts';

type Operation = Contract['operations'] extends ReadonlyMap<unknown, infer O> ? O : never;

/** A name, and its value as it goes over the wire. */
type Pairs = (readonly [name: string, value: string])[];

export interface FuzzRequest {
  /** Made to be taken. */
  fits: boolean;
  method: string;
  /** Who asks, by a name of `Known.callers`. */
  caller: string;
  path: Pairs;
  query: Pairs;
  headers: Pairs;
  body: Uint8Array | null;
}

function written(value: unknown): string {
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  const plain = isList ? value.join(',') : value;
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

/** A lone surrogate has no UTF-8: what is sent instead is U+FFFD. Longer, and HTTP itself refuses. */
const encoded = (value: unknown): string =>
  encodeURIComponent(written(value).slice(0, 600).toWellFormed());

const signalOf = ({ tag, id }: Operation): Signal | null =>
  tag === 'otlp' ? (id.slice('otlp.'.length) as Signal) : null;

const PERIOD = new Set(['from', 'to', 'timeframe', 'granularity']);

const callersOf = ({ id, token, tag }: Operation): fc.Arbitrary<string> => {
  // Favourites are an account's.
  if (/Favorite$|^conversations\.list$/.test(id)) return fc.constant('admin');
  if (tag === 'otlp') return fc.constant('ingest');
  if (tag === 'business') return fc.constantFrom('admin', 'key', 'ingest');
  if (token === 'required') return fc.constantFrom('admin', 'key');
  return fc.constantFrom('admin', 'nobody', 'key');
};

/** Requests that have to be taken: everything in them is known, or said to be free. */
export function fitting(operation: Operation, known: Known): fc.Arbitrary<FuzzRequest> {
  const { method, parameters, body } = operation;
  const takesPeriod = parameters.some(({ name }) => name === 'from');
  const values = parameters
    .filter(({ name }) => !(takesPeriod && PERIOD.has(name)) && name !== 'Content-Encoding')
    .map((parameter) => {
      const value = knownParameter(operation, parameter, known) ?? valid(parameter.schema);
      const given = parameter.required ? value : fc.option(value, { nil: undefined });
      return given.map((it) => ({ parameter, value: it }));
    });
  const signal = signalOf(operation);
  const schema = body?.content['application/json']?.schema ?? {};
  const content: fc.Arbitrary<{ type: string | null; encoding: string | null; bytes: unknown }> =
    signal
      ? wellFormed(signal)
      : (knownBody(operation, known) ?? valid(schema)).map((value) => ({
          type: 'application/json',
          encoding: null,
          bytes: Buffer.from(JSON.stringify(value)),
        }));
  return fc
    .record({
      caller: callersOf(operation),
      values: fc.tuple(...values),
      period: takesPeriod ? period(operation) : fc.constant({}),
      content: body ? content : fc.constant(null),
    })
    .map(({ caller, values: given, period: span, content: sent }) => {
      const request: FuzzRequest = {
        ...{ fits: true, method, caller, path: [], query: [], headers: [] },
        body: (sent?.bytes as Uint8Array | undefined) ?? null,
      };
      for (const { parameter, value } of given) {
        if (value === undefined) continue;
        const { name, in: place } = parameter;
        if (place === 'header') request.headers.push([name, sendable(written(value))]);
        else request[place].push([name, encoded(value)]);
      }
      for (const [name, value] of Object.entries(span)) request.query.push([name, encoded(value)]);
      request.query = knownQuestion(operation, request.query);
      if (sent?.type) request.headers.push(['content-type', sent.type]);
      if (sent?.encoding) request.headers.push(['content-encoding', sent.encoding]);
      return request;
    });
}

/** Bytes that no encoder makes. */
const BROKEN = ['%', '%zz', '%ff%fe', '%C0%80', '%ED%A0%80', '%00', '+', '%0d%0a', '%2e%2e%2f'];

const wireText = (): fc.Arbitrary<string> =>
  fc.oneof(
    nasty().map(encoded),
    fc.constantFrom(...BROKEN),
    fc.string({ unit: 'binary' }).map(encoded),
    fc.integer().map(String),
    fc.constant('x'.repeat(4_000)),
  );

/** What of a text a client gets out as a header's value. */
const sendable = (text: string): string => text.replaceAll(/[^ -~]/g, '');

/** Headers can't hold line breaks and NUL: no client gets them out. */
const headerText = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...NASTY.filter((text) => !/[\0\r\n]/.test(text) && text.isWellFormed())),
    fc.string({ unit: 'grapheme-ascii' }).map(sendable),
  );

const HEADERS = [
  'content-type',
  'content-encoding',
  'accept',
  'accept-encoding',
  'origin',
  'x-request-id',
  'x-forwarded-for',
  'idempotency-key',
  'last-event-id',
  'x-api-key',
  'authorization',
  'access-control-request-method',
  'if-none-match',
  'range',
];

type Change = (request: FuzzRequest) => FuzzRequest;

const inPlace = (pairs: Pairs, place: number, value: string): Pairs =>
  pairs.map((pair, index) => (index === place % pairs.length ? [pair[0], value] : pair));

/** A period between the ends of the calendar, as some zone sees it. */
const edges: fc.Arbitrary<Change> = fc
  .record({
    from: fc.constantFrom(...EDGE_TIMES.slice(0, -2)),
    to: fc.constantFrom(...EDGE_TIMES.slice(2)),
    timezone: fc.constantFrom('UTC', 'Asia/Tokyo', 'America/New_York', 'Etc/Unknown'),
  })
  .map((period) => (request) => ({
    ...request,
    query: Object.entries(period).map(([name, value]) => [name, encoded(value)]),
  }));

/** Ways in which a request can be wrong. */
function changes(operation: Operation, known: Known): fc.Arbitrary<Change> {
  const names = operation.parameters.filter((p) => p.in === 'query').map(({ name }) => name);
  const queryName = fc.constantFrom(...names, 'unknown', '__proto__', 'limit', 'from');
  const schemas = new Map(operation.parameters.map(({ name, schema }) => [name, schema]));
  const queryPair = queryName.chain((name) => {
    const schema = schemas.get(name);
    const text = schema ? fc.oneof(wireText(), almost(schema).map(encoded)) : wireText();
    return text.map((value) => [name, value] as const);
  });
  const schema = operation.body?.content['application/json']?.schema;
  const signal = signalOf(operation);
  const bodies: fc.Arbitrary<Uint8Array> = signal
    ? malformed(signal).map(({ bytes }) => bytes)
    : fc.oneof(
        almost(schema ?? {}).map((value) => Buffer.from(JSON.stringify(value))),
        anyJson().map((value) => Buffer.from(JSON.stringify(value))),
        fc
          .constantFrom('', '{', 'null', '[', '{"a":1}}', '\ufeff{}', '[['.repeat(50_000))
          .map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 64 }),
        fc.constant(Buffer.alloc(1024 * 1024 + 1, ' ')),
      );
  // What others ask for as well must not be gone by chance.
  const removal = operation.id === 'conversations.get' ? [] : ['DELETE'];
  const kinds: fc.Arbitrary<Change>[] = [
    queryPair.map((pair) => (request) => ({ ...request, query: [...request.query, pair] })),
    fc
      .tuple(fc.nat(), wireText())
      .map(([place, text]) => (it) => ({ ...it, query: inPlace(it.query, place, text) })),
    fc
      .tuple(fc.nat(), wireText())
      .map(([place, text]) => (it) => ({ ...it, path: inPlace(it.path, place, text) })),
    fc
      .tuple(fc.constantFrom(...HEADERS), headerText())
      .map(([name, text]) => (it) => ({ ...it, headers: [...it.headers, [name, text]] })),
    fc
      .constantFrom(...Object.keys(known.callers))
      .map((caller) => (request) => ({ ...request, caller })),
    fc
      .constantFrom('HEAD', 'PUT', ...removal, 'OPTIONS', 'PATCH', 'TRACE', 'GET', 'POST')
      .map((method) => (it) => ({ ...it, method, body: method === 'GET' ? null : it.body })),
  ];
  if (names.includes('from')) kinds.push(edges, edges);
  if (operation.body) {
    kinds.push(
      bodies.map((body) => (request) => ({ ...request, body })),
      bodies.map((body) => (request) => ({ ...request, body })),
      fc.constant<Change>((request) => ({ ...request, body: null })),
      fc
        .constantFrom('text/plain', 'application/json; charset=latin1', 'multipart/form-data', '')
        .map((type) => (it) => ({
          ...it,
          headers: it.headers.map((pair) =>
            pair[0] === 'content-type' ? ([pair[0], type] as const) : pair,
          ),
        })),
    );
  }
  return fc.oneof(...kinds);
}

/** Requests with something in them that nobody foresaw. */
export const odd = (operation: Operation, known: Known): fc.Arbitrary<FuzzRequest> =>
  fc
    .tuple(
      fitting(operation, known),
      fc.array(changes(operation, known), { minLength: 1, maxLength: 3 }),
    )
    .map(([request, all]) =>
      all.reduce<FuzzRequest>((it, change) => change(it), { ...request, fits: false }),
    );

/** The address of a request. */
export function pathOf(template: string, { path, query }: FuzzRequest): string {
  const filled = path.reduce(
    (text, [name, value]) => text.replace(`{${name}}`, () => value),
    template,
  );
  const search = query.map(([name, value]) => `${encodeURIComponent(name)}=${value}`).join('&');
  return search === '' ? filled : `${filled}?${search}`;
}
