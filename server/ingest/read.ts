import { gunzipSync } from 'node:zlib';
import { type Normalised, normalise, type NormaliseOptions } from './normalise.ts';
import { decodeLogs, decodeMetrics, decodeTraces, type OtlpType } from './wire/decode.ts';
import { LimitError, WIRE_LIMITS, type WireLimits } from './wire/limits.ts';
import { DecodeError } from './wire/model.ts';

const readers = { traces: decodeTraces, logs: decodeLogs, metrics: decodeMetrics } as const;

/** The three requests of OTLP. */
export type OtlpSignal = keyof typeof readers;

/** An OTLP request as it was sent. */
export interface OtlpBody {
  signal: OtlpSignal;
  type: OtlpType;
  encoding: 'gzip' | 'identity';
  bytes: Uint8Array;
}

const MIB = 1024 * 1024;

/**
 * From bytes to observations; computes only, and holds the limits while it does.
 * @throws DecodeError where the body as a whole can't be read
 * @throws LimitError where it is too much
 */
export function readTelemetry(
  body: OtlpBody,
  options: NormaliseOptions,
  limits: Readonly<WireLimits> = WIRE_LIMITS,
): Normalised {
  const bytes = inflate(body, limits.bytes);
  if (bytes === null) throw new LimitError(`The body is over ${limits.bytes / MIB} MiB.`);
  return normalise(readers[body.signal](bytes, body.type, limits), options);
}

/**
 * The body inflated; `null` where it would be longer than `limit`, which ends the inflating,
 * however far a bomb would go.
 * @throws DecodeError
 */
export function inflate({ encoding, bytes }: OtlpBody, limit: number): Uint8Array | null {
  if (encoding === 'identity') return bytes.length > limit ? null : bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null;
    throw new DecodeError('The body is not valid gzip.');
  }
}
