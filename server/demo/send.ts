import { setTimeout as wait } from 'node:timers/promises';
import { logsBody, tracesBody, type LogRecord, type Resource, type Span } from './otlp.ts';

/** Where the fleet sends its data, as an exporter would be configured. */
export interface Target {
  /** Such as `http://127.0.0.1:4400`. */
  url: string;
  /** An ingest key. */
  key: string;
  signal: AbortSignal;
}

const ATTEMPTS = 6;

export function sendSpans(target: Target, resources: readonly Resource<Span>[]): Promise<void> {
  return post(target, '/v1/traces', tracesBody(resources));
}

export function sendLogs(target: Target, resources: readonly Resource<LogRecord>[]): Promise<void> {
  return post(target, '/v1/logs', logsBody(resources));
}

/** Records as the contract's `BusinessBatch` has them. */
export function sendBusiness(target: Target, batch: Record<string, object[]>): Promise<void> {
  return post(target, '/api/ingest/business', JSON.stringify(batch));
}

/** Posts one export; like the exporters it tries again on 429 and 503, and when nobody answers. */
async function post(target: Target, path: string, body: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await fetch(new URL(path, target.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${target.key}` },
      body,
      signal: target.signal,
    }).catch((error: unknown) => {
      if (target.signal.aborted) throw error;
      return error instanceof Error ? error : new Error(String(error));
    });
    if (outcome instanceof Response) {
      const answer = await outcome.text();
      if (outcome.ok) return;
      const again = outcome.status === 429 || outcome.status === 503;
      if (!again || attempt === ATTEMPTS)
        throw new Error(`${path} answered ${outcome.status}: ${answer}`);
    } else if (attempt === ATTEMPTS) throw outcome;
    const seconds = outcome instanceof Response ? Number(outcome.headers.get('retry-after')) : 0;
    await wait(seconds > 0 ? seconds * 1000 : 250 * 2 ** attempt, undefined, {
      signal: target.signal,
    });
  }
}
