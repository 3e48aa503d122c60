import { Problem, tooManyRequests, unavailable } from '../contract/index.ts';
import {
  DecodeError,
  encodeResponse,
  LimitError,
  type Normalised,
  type OtlpSignal,
  type OtlpType,
  ReaderBusyError,
  ReaderLostError,
  type TelemetryReader,
} from '../ingest/index.ts';
import { OverloadedError } from '../store/database/errors.ts';
import { type Writer } from '../store/write/writer.ts';
import type { IngestCaller } from '../auth/caller.ts';
import type { HandlersFor } from './handlers.ts';

export interface OtlpOptions {
  reader: Pick<TelemetryReader, 'read'>;
  writer: Pick<Writer, 'write'>;
  /** Epoch milliseconds. */
  now: () => number;
  /** Told of each batch that was committed, for metrics. */
  onIngest: (batch: { signal: OtlpSignal; observations: number; rejected: number }) => void;
}

interface OtlpRequest {
  caller: IngestCaller;
  body: { type: string; encoding: 'gzip' | 'identity'; bytes: Uint8Array };
  signal: AbortSignal;
}

/** Telemetry in. The answer comes once everything is committed, in the request's own type. */
export function otlpHandlers({ reader, writer, now, onIngest }: OtlpOptions): HandlersFor<'otlp'> {
  async function read(signal: OtlpSignal, type: OtlpType, request: OtlpRequest) {
    const { encoding, bytes } = request.body;
    const { domain, team, workspace } = request.caller;
    const options = { domain, team, receivedAt: now() };
    const body = { signal, type, encoding, bytes };
    return reader.read(workspace.id, body, options, request.signal).catch(refuse);
  }

  async function take(signal: OtlpSignal, request: OtlpRequest) {
    const { caller, body } = request;
    const type: OtlpType = body.type === 'application/json' ? 'json' : 'protobuf';
    const { batch, rejected } = await read(signal, type, request);
    try {
      await writer.write(caller.workspace.id, batch);
    } catch (error) {
      if (error instanceof OverloadedError) {
        throw tooManyRequests(error.retryAfterSeconds, 'overloaded');
      }
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

/** @throws Problem that says what is wrong with the body, or when to send it again */
function refuse(error: unknown): Normalised {
  if (error instanceof DecodeError) {
    const { path } = error;
    const message = error.message.replace(/\.?$/, '.');
    const isLimit = error instanceof LimitError;
    const code = isLimit ? 'over_limit' : 'malformed';
    const errors = [{ in: 'body' as const, path, code, message }] as const;
    throw new Problem(isLimit ? 'body_too_large' : 'malformed_body', message, { errors });
  }
  if (error instanceof ReaderBusyError) {
    throw tooManyRequests(error.retryAfterSeconds, 'overloaded');
  }
  if (error instanceof ReaderLostError) {
    throw unavailable('The telemetry could not be read.', 'busy', { cause: error });
  }
  throw error;
}

function answer(bytes: Uint8Array, type: OtlpType) {
  return type === 'json'
    ? ({ status: 200, body: JSON.parse(new TextDecoder().decode(bytes)) as object } as const)
    : ({ status: 200, type: 'application/x-protobuf', body: bytes } as const);
}
