/**
 * Telemetry in: an OTLP request becomes observations (`decode*`, `normalise`), and the
 * observations of a scope become requests and executions (`derive`). Nothing here knows the
 * database or HTTP.
 */
export { derive, scopeOf } from '../derive/derive.ts';
export { normalise } from './normalise.ts';
export { price } from '../derive/price.ts';
export { decodeLogs, decodeMetrics, decodeTraces, type OtlpType } from './wire/decode.ts';
export { DecodeError } from './wire/model.ts';
export { encodeResponse, type Rejected } from './wire/response.ts';
