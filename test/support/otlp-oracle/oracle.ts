/**
 * What the hand-written readers of OTLP are held against: JSON by `JSON.parse`, protobuf by a
 * generated decoder. Both build everything before they look at it, so they are for tests alone.
 */
import type { OtlpType } from '../../../server/ingest/index.ts';
import type { Logs, Metrics, Traces } from '../../../server/ingest/wire/model.ts';
import type { Signal } from '../otlp-trees.ts';
import { logsFromJson, metricsFromJson, tracesFromJson } from './json.ts';
import { logsFromProtobuf, metricsFromProtobuf, tracesFromProtobuf } from './protobuf.ts';

const oracles = {
  json: { traces: tracesFromJson, logs: logsFromJson, metrics: metricsFromJson },
  protobuf: { traces: tracesFromProtobuf, logs: logsFromProtobuf, metrics: metricsFromProtobuf },
};

/** @throws where the body can't be read */
export const oracle = (signal: Signal, body: Uint8Array, type: OtlpType): Traces | Logs | Metrics =>
  oracles[type][signal](body);
