import {
  decodeLogs,
  decodeTraces,
  normalise,
  type Rejected,
} from '../../../server/ingest/index.ts';
import { derive } from '../../../server/derive/derive.ts';
import { price } from '../../../server/derive/price.ts';
import type { Derived } from '../../../server/model/derived.ts';
import type { Message } from '../../../server/model/message.ts';
import type { Observation } from '../../../server/model/observation.ts';
import { type Capture, requestBody, T0 } from './otlp.ts';

/** A minute after everything happened. */
export const NOW = T0 + 60_000;

export interface Taken extends Derived {
  observations: Observation[];
  messages: Map<string, Message>;
  rejected: Rejected[];
}

/** Takes batches in as the server does, each as a request of its own. */
export function take(batches: readonly (readonly Capture[])[], now = NOW): Taken {
  const observations: Observation[] = [];
  const messages = new Map<string, Message>();
  const rejected: Rejected[] = [];
  for (const batch of batches) {
    for (const signal of ['traces', 'logs'] as const) {
      const records = batch.filter((capture) => capture.signal === signal);
      if (records.length === 0) continue;
      const body = requestBody(records);
      const decoded = signal === 'traces' ? decodeTraces(body, 'json') : decodeLogs(body, 'json');
      const normalised = normalise(decoded, { domain: null, receivedAt: NOW });
      observations.push(...normalised.batch.observations);
      for (const [hash, message] of normalised.batch.messages) messages.set(hash, message);
      rejected.push(normalised.rejected);
    }
  }
  return { ...derive(observations, now), observations, messages, rejected };
}

/** What a careful reader counts. */
export function totals({ requests, executions }: Derived) {
  const sum = (read: (usage: NonNullable<(typeof requests)[0]['usage']>) => number | null) =>
    requests.reduce((total, { usage }) => total + (usage ? (read(usage) ?? 0) : 0), 0);
  const uncached = sum(({ uncachedInput }) => uncachedInput);
  const cacheRead = sum((usage) => usage.cacheRead);
  const cacheWrite = sum((usage) => usage.cacheWrite);
  return {
    requests: requests.length,
    errors: requests.filter(({ error }) => error !== null).length,
    input: uncached + cacheRead + cacheWrite,
    cacheRead,
    cacheWrite,
    output: sum(({ output }) => output),
    reasoning: sum(({ reasoning }) => reasoning),
    executions: executions.map(({ status }) => status).toSorted(),
  };
}

/** The text of a message by its hash. */
export function textOf({ messages }: Taken, hash: string | undefined): string {
  const parts = messages.get(hash ?? '')?.parts ?? [];
  return parts.map((part) => ('text' in part ? part.text : `<${part.type}>`)).join('');
}

/** What the requests cost, as decimals; unpriced is `null`. */
export function costs({ requests }: Derived): (string | null)[] {
  return requests.map((request) => price(request).costUsd);
}
