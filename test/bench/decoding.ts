/** What reading OTLP costs, against decoders that build everything first. */
import { decodeTraces, type OtlpType } from '../../server/ingest/index.ts';
import { oracle } from '../support/otlp-oracle/oracle.ts';
import { BATCH, batches } from './load.ts';
import { median, type Row } from './measure.ts';

/** Spans of a batch as exporters send them, and of one that is sent at once. */
const SIZES = [BATCH, 8];
const ROUNDS = 15;
const SPANS = 1_024;

/** Milliseconds of processor time for 1,000 spans. */
export function decoding(): Row[] {
  return SIZES.flatMap((size) =>
    (['json', 'protobuf'] as const).map((type) => compare(size, type)),
  );
}

function compare(size: number, type: OtlpType): Row {
  const load = batches(SPANS, 3, size);
  const bodies = load.map(({ body, json }) => (type === 'json' ? json : body));
  const spans = load.reduce((sum, batch) => sum + batch.spans, 0);
  const bytes = bodies.reduce((sum, { length }) => sum + length, 0);
  const ours: number[] = [];
  const theirs: number[] = [];
  // In turns, so that whatever else the machine does meets both.
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(cost(bodies, (body) => decodeTraces(body, type)));
    theirs.push(cost(bodies, (body) => oracle('traces', body, type)));
  }
  const per1000 = (samples: readonly number[]): number => (median(samples) / spans) * 1_000;
  const [value, before] = [per1000(ours), per1000(theirs)];
  return {
    what: `OTLP in ${type}, ${size} spans a batch: processor time to decode 1,000 spans`,
    value,
    unit: 'ms',
    against: { what: type === 'json' ? 'JSON.parse' : 'a generated decoder', value: before },
    details: { spans, bytes, ratio: value / before },
  };
}

function cost(bodies: readonly Uint8Array[], decode: (body: Uint8Array) => unknown): number {
  const began = processorTime();
  for (const body of bodies) decode(body);
  return processorTime() - began;
}

/** Milliseconds that this thread has had; how they divide into user and system is a guess. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
