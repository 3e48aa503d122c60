/** Telemetry to send: runs of the demo's agents, in batches as exporters make them. */
import { fromJson, toBinary } from '@bufbuild/protobuf';
import { agents } from '../../server/demo/cast.ts';
import { tracesBody, type Resource, type Span } from '../../server/demo/otlp.ts';
import { random, type Random } from '../../server/demo/random.ts';
import { conversation, type Run } from '../../server/demo/run.ts';
import { TracesRequestSchema } from '../support/otlp-oracle/generated/otlp_pb.ts';

/** Spans in a batch, as the batch processors of OpenTelemetry's SDKs send them. */
export const BATCH = 512;

export interface Batch {
  /** In protobuf. */
  body: Uint8Array;
  /** The same in JSON. */
  json: Uint8Array;
  spans: number;
  /** Model calls among them. */
  requests: number;
}

/** Where the agents of that telemetry work. */
export const DOMAIN_NAMES: readonly string[] = [...new Set(agents.map(({ domain }) => domain))];

export const PROTOBUF = 'application/x-protobuf';

/**
 * Batches of whole traces in OTLP, over the last hours, always the same for a seed.
 * @param most spans in a batch
 */
export function batches(spans: number, seed: number, most = BATCH): Batch[] {
  const r = random(seed);
  const all: Batch[] = [];
  const waiting: Run[] = [];
  let [count, total] = [0, 0];
  while (total < spans) {
    for (const run of runs(r)) {
      if (count > 0 && count + run.spans.length > most) {
        all.push(batch(waiting.splice(0), count));
        total += count;
        count = 0;
      }
      waiting.push(run);
      count += run.spans.length;
    }
  }
  return all;
}

const HOURS = 6;

function runs(r: Random): Run[] {
  const start = Date.now() - HOURS * 3_600_000 * (0.2 + 0.8 * r.next());
  return conversation(r, r.pick(agents), start).filter(({ spans }) => spans.length < BATCH);
}

function batch(included: readonly Run[], spans: number): Batch {
  const services = Map.groupBy(included, ({ service }) => service);
  const resources: Resource<Span>[] = [...services].map(([service, group]) => ({
    service,
    scope: 'bench',
    items: group.flatMap((run) => run.spans),
  }));
  const sent = resources.flatMap(({ items }) => items);
  const requests = sent.filter(({ name }) => name.startsWith('chat ')).length;
  const json = tracesBody(resources);
  return { body: protobuf(json), json: new TextEncoder().encode(json), spans, requests };
}

/** OTLP's JSON has ids in hexadecimal digits, where protobuf's JSON has bytes in base64. */
function protobuf(json: string): Uint8Array {
  const message: unknown = JSON.parse(json, (key, value: unknown) =>
    /^(?:trace|span|parentSpan)Id$/.test(key) && typeof value === 'string'
      ? Buffer.from(value, 'hex').toString('base64')
      : value,
  );
  const options = { ignoreUnknownFields: true };
  const traces = fromJson(TracesRequestSchema, message as Parameters<typeof fromJson>[1], options);
  return toBinary(TracesRequestSchema, traces);
}
