/**
 * Telemetry in: an OTLP request becomes observations (`decode*`, `normalise`). Nothing here knows
 * the database or HTTP.
 */
export { normalise, type Normalised } from './normalise.ts';
export type { OtlpSignal } from './read.ts';
export { ReaderBusyError, TelemetryReader, type ReaderOptions } from './reader.ts';
export { ReaderLostError } from './reader-thread.ts';
export { decodeLogs, decodeMetrics, decodeTraces, type OtlpType } from './wire/decode.ts';
export { LimitError } from './wire/limits.ts';
export { DecodeError } from './wire/model.ts';
export { encodeResponse, type Rejected } from './wire/response.ts';
