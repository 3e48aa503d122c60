import { logsFromJson, metricsFromJson, tracesFromJson } from './json.ts';
import { WIRE_LIMITS } from './limits.ts';
import type { Logs, Metrics, Traces } from './model.ts';
import { logsFromProtobuf, metricsFromProtobuf, tracesFromProtobuf } from './protobuf.ts';

/** The two encodings of OTLP over HTTP. */
export type OtlpType = 'json' | 'protobuf';

/**
 * Reads the body of `POST /v1/traces`. Unknown fields are skipped; a record that is unreadable by
 * itself is left out and told in `rejected`.
 * @throws DecodeError where the body as a whole can't be read, `LimitError` where it is too much
 */
export function decodeTraces(body: Uint8Array, type: OtlpType, limits = WIRE_LIMITS): Traces {
  return type === 'json' ? tracesFromJson(body, limits) : tracesFromProtobuf(body, limits);
}

/** Reads the body of `POST /v1/logs`. @throws DecodeError */
export function decodeLogs(body: Uint8Array, type: OtlpType, limits = WIRE_LIMITS): Logs {
  return type === 'json' ? logsFromJson(body, limits) : logsFromProtobuf(body, limits);
}

/** Reads the body of `POST /v1/metrics`. @throws DecodeError */
export function decodeMetrics(body: Uint8Array, type: OtlpType, limits = WIRE_LIMITS): Metrics {
  return type === 'json' ? metricsFromJson(body, limits) : metricsFromProtobuf(body, limits);
}
