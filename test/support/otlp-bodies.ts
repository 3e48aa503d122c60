/** OTLP requests as bytes: in both encodings, compressed or not, whole or damaged. */
import { fromJson, toBinary, type DescMessage, type JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import {
  LogsRequestSchema,
  MetricsRequestSchema,
  TracesRequestSchema,
} from './otlp-oracle/generated/otlp_pb.ts';
import { anyJson } from './arbitrary.ts';
import { brokenTree, madeUpTree, realTree, type Signal, type Tree } from './otlp-trees.ts';

export interface OtlpBody {
  /** `null`: none is told. */
  type: string | null;
  encoding: string | null;
  bytes: Uint8Array;
}

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';

const schemas: Record<Signal, DescMessage> = {
  traces: TracesRequestSchema,
  logs: LogsRequestSchema,
  metrics: MetricsRequestSchema,
};

const inUtf8 = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** OTLP writes ids as hex where protobuf's JSON has Base64. */
function withBase64Ids(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withBase64Ids);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) =>
      /^(?:trace|span|parentSpan)Id$/.test(key) && typeof value === 'string'
        ? [key, Buffer.from(value, 'hex').toString('base64')]
        : [key, withBase64Ids(value)],
    ),
  );
}

/** The same request as protobuf. */
function inProtobuf(signal: Signal, tree: Tree): Uint8Array {
  const schema = schemas[signal];
  const json = withBase64Ids(tree) as JsonValue;
  return toBinary(schema, fromJson(schema, json, { ignoreUnknownFields: true }));
}

/** A request that any server has to take. */
export function wellFormed(signal: Signal): fc.Arbitrary<OtlpBody> {
  const tree = fc.oneof(realTree(signal), madeUpTree(signal));
  return fc.tuple(tree, fc.boolean(), fc.boolean()).map(([value, isJson, zip]) => {
    const bytes = isJson ? inUtf8(value) : inProtobuf(signal, value);
    return {
      type: isJson ? JSON_TYPE : PROTOBUF_TYPE,
      encoding: zip ? 'gzip' : null,
      bytes: zip ? gzipSync(bytes) : bytes,
    };
  });
}

/** Bytes put in, taken out, or changed. */
interface Damage {
  at: number;
  length: number;
  how: 'flip' | 'cut' | 'remove' | 'repeat' | 'insert';
  bytes: Uint8Array;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 40 }),
  how: fc.constantFrom('flip', 'cut', 'remove', 'repeat', 'insert'),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
});

function damaged(whole: Uint8Array, { at: place, length, how, bytes }: Damage): Uint8Array {
  const at = place % Math.max(1, whole.length);
  const [head, middle, tail] = [
    whole.subarray(0, at),
    whole.subarray(at, at + length),
    whole.subarray(at + length),
  ];
  switch (how) {
    case 'flip':
      return Buffer.concat([head, middle.map((byte, index) => byte ^ (bytes[index] ?? 0)), tail]);
    case 'cut':
      return head;
    case 'remove':
      return Buffer.concat([head, tail]);
    case 'repeat':
      return Buffer.concat([head, middle, middle, tail]);
    case 'insert':
      return Buffer.concat([head, bytes, middle, tail]);
  }
}

const MIB = 1024 * 1024;
const deep = (text: string): Uint8Array => Buffer.from(text.repeat(100_000));
const deepValue = `${'{"arrayValue":{"values":['.repeat(5_000)}{}${']}}'.repeat(5_000)}`;

/** Made once: they are large, or were. */
const bombs: OtlpBody[] = [
  { type: JSON_TYPE, encoding: 'gzip', bytes: gzipSync(Buffer.alloc(64 * MIB, ' ')) },
  { type: PROTOBUF_TYPE, encoding: 'gzip', bytes: gzipSync(Buffer.alloc(64 * MIB)) },
  { type: JSON_TYPE, encoding: 'gzip', bytes: gzipSync(gzipSync(Buffer.alloc(64 * MIB))) },
  { type: JSON_TYPE, encoding: 'gzip', bytes: gzipSync(Buffer.from('{}')).subarray(0, 12) },
  { type: JSON_TYPE, encoding: null, bytes: deep('[') },
  { type: JSON_TYPE, encoding: null, bytes: deep('{"a":') },
  { type: PROTOBUF_TYPE, encoding: null, bytes: deep('\x0a\xff\xff\x03') },
  { type: JSON_TYPE, encoding: null, bytes: Buffer.alloc(17 * MIB, ' ') },
  {
    type: JSON_TYPE,
    encoding: null,
    bytes: Buffer.from(
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${'a'.repeat(32)}","spanId":"${'b'.repeat(16)}","attributes":[{"key":"gen_ai.input.messages","value":${deepValue}}]}]}]}]}`,
    ),
  },
];

/** What comes instead of a request, or is left of one. */
export function malformed(signal: Signal): fc.Arbitrary<OtlpBody> {
  const whole = wellFormed(signal);
  const damages = fc.array(damage, { minLength: 1, maxLength: 4 });
  return fc.oneof(
    {
      arbitrary: fc.tuple(brokenTree(signal), fc.boolean()).map(([tree, zip]) => {
        const bytes = inUtf8(tree);
        return {
          type: JSON_TYPE,
          encoding: zip ? 'gzip' : null,
          bytes: zip ? gzipSync(bytes) : bytes,
        };
      }),
      weight: 6,
    },
    {
      arbitrary: fc
        .tuple(whole, damages)
        .map(([body, all]) => ({ ...body, bytes: all.reduce(damaged, body.bytes) })),
      weight: 6,
    },
    { arbitrary: fc.constantFrom(...bombs), weight: 1 },
    {
      arbitrary: fc.oneof(anyJson().map(inUtf8), fc.uint8Array({ maxLength: 200 })).chain((bytes) =>
        fc.record({
          type: fc.constantFrom(JSON_TYPE, PROTOBUF_TYPE),
          encoding: fc.constantFrom(null, null, 'gzip'),
          bytes: fc.constant(bytes),
        }),
      ),
      weight: 2,
    },
    {
      arbitrary: fc
        .tuple(
          whole,
          fc.constantFrom(null, '', 'text/plain', 'application/json;charset=utf-16', 'a/b/c'),
          fc.constantFrom(null, 'br', 'deflate', 'gzip, gzip', 'GZIP', 'identity', ''),
        )
        .map(([body, type, encoding]) => ({ ...body, type, encoding })),
      weight: 2,
    },
  );
}
