/** The readers written by hand against decoders that build everything first: the same, or refused. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import {
  decodeLogs,
  decodeMetrics,
  DecodeError,
  decodeTraces,
  type OtlpType,
} from '../../../server/ingest/index.ts';
import { parseJson } from '../../../server/ingest/wire/text.ts';
import { anyJson } from '../../support/arbitrary.ts';
import { malformed, wellFormed, type OtlpBody } from '../../support/otlp-bodies.ts';
import { runs } from '../../support/effort.ts';
import { oracle } from '../../support/otlp-oracle/oracle.ts';
import { parseJson as parsedByOracle } from '../../support/otlp-oracle/text.ts';
import { jsonText, protobufBytes } from '../../support/otlp-texts.ts';
import type { Signal } from '../../support/otlp-trees.ts';

const readers = { traces: decodeTraces, logs: decodeLogs, metrics: decodeMetrics };
const signals: Signal[] = ['traces', 'logs', 'metrics'];
const types: OtlpType[] = ['json', 'protobuf'];

/** What a reader makes of a body, `null` where it refuses it. */
function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** Whether protobuf is refused as our reader alone does: for a field that ends outside its message. */
function goesBeyond(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    return error instanceof DecodeError && error.message.includes('past the end of its message');
  }
}

function holdAgainst(signal: Signal, body: Uint8Array, type: OtlpType): boolean {
  const read = () => readers[signal](body, type);
  if (type === 'protobuf' && goesBeyond(read)) return false;
  const expected = outcome(() => oracle(signal, body, type));
  assert.deepEqual(outcome(read), expected);
  return expected !== null;
}

/** Bytes that are changed, cut, or put in, at places that may follow from each other. */
const mutations = fc.array(
  fc.record({ at: fc.nat(), how: fc.constantFrom('set', 'cut', 'drop', 'put'), byte: fc.nat(255) }),
  { maxLength: 2 },
);

function mutated(body: Uint8Array, changes: { at: number; how: string; byte: number }[]) {
  return changes.reduce<Uint8Array>((bytes, { at: place, how, byte }) => {
    const at = place % (bytes.length + 1);
    if (how === 'cut') return bytes.subarray(0, at);
    const put = Uint8Array.from(how === 'drop' ? [] : [byte]);
    return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(how === 'put' ? at : at + 1)]);
  }, body);
}

/** Inflated; what is no gzip is read as it is. */
function inflated({ encoding, bytes }: OtlpBody): Uint8Array {
  try {
    return encoding === 'gzip' ? gunzipSync(bytes, { maxOutputLength: 2 ** 20 }) : bytes;
  } catch {
    return bytes;
  }
}

suite('held against the oracle', () => {
  for (const signal of signals) {
    test(`${signal} in JSON, however it is spelled`, () => {
      let taken = 0;
      fc.assert(
        fc.property(jsonText(signal), mutations, (text, changes) => {
          const body = mutated(Buffer.from(text), changes);
          if (holdAgainst(signal, body, 'json')) taken += 1;
        }),
        { numRuns: runs(1_500) },
      );
      assert.ok(taken > runs(100), `${taken} were readable`);
    });

    test(`${signal} in protobuf, field by field`, () => {
      let taken = 0;
      fc.assert(
        fc.property(protobufBytes(signal), mutations, (bytes, changes) => {
          if (holdAgainst(signal, mutated(bytes, changes), 'protobuf')) taken += 1;
        }),
        { numRuns: runs(1_500) },
      );
      assert.ok(taken > runs(100), `${taken} were readable`);
    });

    test(`${signal} as clients send them, whole and damaged`, () => {
      fc.assert(
        fc.property(fc.oneof(wellFormed(signal), malformed(signal)), (body) => {
          const bytes = inflated(body);
          // Nested beyond what is read: a limit of ours, which has its own tests.
          fc.pre(bytes.length < 100_000);
          for (const type of types) holdAgainst(signal, bytes, type);
        }),
        { numRuns: runs(300) },
      );
    });
  }

  test('whole requests in protobuf are never said to go beyond a message', () => {
    for (const signal of signals) {
      fc.assert(
        fc.property(wellFormed(signal), (sent) => {
          const bytes = inflated(sent);
          assert.ok(
            sent.type === 'application/json' ||
              !goesBeyond(() => readers[signal](bytes, 'protobuf')),
          );
        }),
        { numRuns: runs(300) },
      );
    }
  });

  test('every cut of a request is read alike', () => {
    for (const signal of signals) {
      const [text = ''] = fc.sample(jsonText(signal), { seed: 7, numRuns: 1 });
      const [bytes = new Uint8Array()] = fc.sample(protobufBytes(signal), { seed: 7, numRuns: 1 });
      for (const [body, type] of [
        [Buffer.from(text), 'json'],
        [bytes, 'protobuf'],
      ] as const) {
        for (let end = 0; end <= body.length; end++) {
          holdAgainst(signal, body.subarray(0, end), type);
        }
      }
    }
  });
});

test('JSON within a text is read as JSON.parse reads it', () => {
  const spelling = fc.oneof(
    anyJson().map((value) => JSON.stringify(value)),
    jsonText('logs'),
    fc.string(),
  );
  fc.assert(
    fc.property(spelling, mutations, (text, changes) => {
      const sent = new TextDecoder().decode(mutated(Buffer.from(text), changes));
      assert.deepEqual(parseJson(sent), parsedByOracle(sent));
    }),
    { numRuns: runs(2_000) },
  );
});
