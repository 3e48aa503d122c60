/**
 * Telemetry in: an OTLP request becomes observations (`decode*`, `normalise`). Nothing here knows
 * the database or HTTP.
 */
export { normalise } from './normalise.ts';
export { decodeLogs, decodeMetrics, decodeTraces, type OtlpType } from './wire/decode.ts';
export { DecodeError } from './wire/model.ts';
export { encodeResponse, type Rejected } from './wire/response.ts';
