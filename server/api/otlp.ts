import { badRequest, tooManyRequests } from '../contract/index.ts';
import {
  decodeLogs,
  decodeMetrics,
  decodeTraces,
  DecodeError,
  encodeResponse,
  normalise,
  type OtlpType,
} from '../ingest/index.ts';
import { OverloadedError } from '../store/database/errors.ts';
import { type Writer } from '../store/write/writer.ts';
import type { IngestCaller } from '../auth/caller.ts';
import type { HandlersFor } from './handlers.ts';

export interface OtlpOptions {
  writer: Pick<Writer, 'write'>;
  /** Epoch milliseconds. */
  now: () => number;
  /** Told of each batch that was committed, for metrics. */
  onIngest: (batch: { signal: Signal; observations: number; rejected: number }) => void;
}

const readers = { traces: decodeTraces, logs: decodeLogs, metrics: decodeMetrics } as const;

type Signal = keyof typeof readers;

interface OtlpRequest {
  caller: IngestCaller;
  body: { type: string; bytes: Uint8Array };
}

/** Telemetry in. The answer comes once everything is committed, in the request's own type. */
export function otlpHandlers({ writer, now, onIngest }: OtlpOptions): HandlersFor<'otlp'> {
  async function take(signal: Signal, { caller, body }: OtlpRequest) {
    const type: OtlpType = body.type === 'application/json' ? 'json' : 'protobuf';
    const decoded = decode(signal, body.bytes, type);
    const { domain, team } = caller;
    const { batch, rejected } = normalise(decoded, { domain, team, receivedAt: now() });
    try {
      await writer.write(caller.workspace.id, batch);
    } catch (error) {
      if (error instanceof OverloadedError) throw tooManyRequests(error.retryAfterSeconds);
      throw error;
    }
    onIngest({ signal, observations: batch.observations.length, rejected: rejected.count });
    return answer(encodeResponse(signal, type, rejected), type);
  }

  return {
    'otlp.traces': (request) => take('traces', request),
    'otlp.logs': (request) => take('logs', request),
    'otlp.metrics': (request) => take('metrics', request),
  };
}

/** @throws Problem 400 where the body as a whole can't be read */
function decode(signal: Signal, bytes: Uint8Array, type: OtlpType) {
  try {
    return readers[signal](bytes, type);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const { path, message } = error;
    throw badRequest([{ in: 'body', path, message }], message);
  }
}

function answer(bytes: Uint8Array, type: OtlpType) {
  return type === 'json'
    ? ({ status: 200, body: JSON.parse(new TextDecoder().decode(bytes)) as object } as const)
    : ({ status: 200, type: 'application/x-protobuf', body: bytes } as const);
}
