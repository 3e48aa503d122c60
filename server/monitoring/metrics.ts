import { Counter, Histogram, Registry } from 'prom-client';

/** One answered request. */
export interface Answered {
  /** `operationId`, or `none` for what the contract doesn't know. */
  operation: string;
  status: number;
  seconds: number;
}

/** One OTLP batch that was committed. */
export interface Ingested {
  signal: 'traces' | 'logs' | 'metrics';
  /** Records that tell something of LLM agents, and were kept. */
  observations: number;
  /** Records that could not be taken in. */
  rejected: number;
}

export interface Metrics {
  registry: Registry;
  answered: (request: Answered) => void;
  ingested: (batch: Ingested) => void;
}

/** The service's Prometheus metrics; its parts register theirs beside these. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const requests = new Counter({
    name: 'cloudbrain_http_requests_total',
    help: 'Requests answered, by operation and status.',
    labelNames: ['operation', 'status'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'cloudbrain_http_request_duration_seconds',
    help: 'Time to response headers, by operation.',
    labelNames: ['operation'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const observations = new Counter({
    name: 'cloudbrain_ingest_observations_total',
    help: 'Spans and log records of LLM agents that were stored, by signal.',
    labelNames: ['signal'],
    registers: [registry],
  });
  const rejected = new Counter({
    name: 'cloudbrain_ingest_rejected_total',
    help: 'Records that were rejected, by signal.',
    labelNames: ['signal'],
    registers: [registry],
  });
  return {
    registry,
    answered: ({ operation, status, seconds }) => {
      requests.inc({ operation, status });
      duration.observe({ operation }, seconds);
    },
    ingested: (batch) => {
      observations.inc({ signal: batch.signal }, batch.observations);
      rejected.inc({ signal: batch.signal }, batch.rejected);
    },
  };
}
