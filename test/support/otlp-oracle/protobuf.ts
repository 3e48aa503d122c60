import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import {
  type AnyValue,
  type KeyValue,
  type LogRecord,
  LogsRequestSchema,
  type Metric,
  MetricsRequestSchema,
  type Resource,
  type Scope,
  type Span,
  TracesRequestSchema,
} from './generated/otlp_pb.ts';
import {
  type Attributes,
  type AttributeValue,
  DecodeError,
  type Logs,
  type Metrics,
  TELLING_METRICS,
  type Traces,
  type WireGroup,
  type WireLog,
  type WireMetric,
  type WireSpan,
} from '../../../server/ingest/wire/model.ts';
import { cleanText } from './text.ts';

export function tracesFromProtobuf(body: Uint8Array): Traces {
  const { resourceSpans } = parse(TracesRequestSchema, body);
  const groups = resourceSpans.flatMap(({ resource, scopeSpans }, r) =>
    scopeSpans.map(({ scope, spans }, s) =>
      group(`resourceSpans[${r}].scopeSpans[${s}].spans`, resource, scope, spans.map(readSpan)),
    ),
  );
  return { signal: 'traces', groups, rejected: [] };
}

export function logsFromProtobuf(body: Uint8Array): Logs {
  const { resourceLogs } = parse(LogsRequestSchema, body);
  const groups = resourceLogs.flatMap(({ resource, scopeLogs }, r) =>
    scopeLogs.map(({ scope, logRecords }, s) => {
      const path = `resourceLogs[${r}].scopeLogs[${s}].logRecords`;
      return group(path, resource, scope, logRecords.map(readLog));
    }),
  );
  return { signal: 'logs', groups, rejected: [] };
}

export function metricsFromProtobuf(body: Uint8Array): Metrics {
  const { resourceMetrics } = parse(MetricsRequestSchema, body);
  const groups = resourceMetrics.flatMap(({ resource, scopeMetrics }, r) =>
    scopeMetrics.map(({ scope, metrics }, s) => {
      const path = `resourceMetrics[${r}].scopeMetrics[${s}].metrics`;
      const records = metrics.map(readMetric);
      return group(path, resource, scope, records);
    }),
  );
  return { signal: 'metrics', groups, rejected: [] };
}

function parse<Desc extends DescMessage>(schema: Desc, body: Uint8Array): MessageShape<Desc> {
  try {
    return fromBinary(schema, body, { readUnknownFields: false });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DecodeError(`The body is not protobuf of an OTLP ${schema.name}: ${reason}`);
  }
}

function group<R>(
  path: string,
  resource: Resource | undefined,
  scope: Scope | undefined,
  records: R[],
): WireGroup<R> {
  const attributes = readAttributes(resource?.attributes ?? []);
  return { path, resource: attributes, scope: cleanText(scope?.name ?? ''), records };
}

function readMetric({ name: given, sum }: Metric, index: number): WireMetric {
  const name = cleanText(given);
  const points = TELLING_METRICS.has(name) ? (sum?.dataPoints ?? []) : [];
  return {
    index,
    name,
    points: points.map((point) => ({
      start: point.startTimeUnixNano,
      time: point.timeUnixNano,
      attributes: readAttributes(point.attributes),
    })),
  };
}

function readSpan(span: Span, index: number): WireSpan {
  return {
    index,
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    name: cleanText(span.name),
    start: span.startTimeUnixNano,
    end: span.endTimeUnixNano,
    attributes: readAttributes(span.attributes),
    events: span.events.map((event) => ({
      name: cleanText(event.name),
      time: event.timeUnixNano,
      attributes: readAttributes(event.attributes),
    })),
    status: { code: span.status?.code ?? 0, message: cleanText(span.status?.message ?? '') },
  };
}

function readLog(record: LogRecord, index: number): WireLog {
  return {
    index,
    traceId: hex(record.traceId),
    spanId: hex(record.spanId),
    time: record.timeUnixNano,
    observed: record.observedTimeUnixNano,
    eventName: cleanText(record.eventName),
    body: readValue(record.body),
    attributes: readAttributes(record.attributes),
  };
}

function readAttributes(attributes: KeyValue[]): Attributes {
  return new Map(attributes.map(({ key, value }) => [cleanText(key), readValue(value)]));
}

/** Depth is bounded by the parser, which refuses more than 100 levels. */
function readValue(any: AnyValue | undefined): AttributeValue {
  const value = any?.value;
  switch (value?.case) {
    case 'stringValue':
      return cleanText(value.value);
    case 'intValue':
      return Number.isSafeInteger(Number(value.value)) ? Number(value.value) : `${value.value}`;
    case 'doubleValue':
      return Number.isFinite(value.value) ? value.value : null;
    case 'arrayValue':
      return value.value.values.map(readValue);
    case 'kvlistValue':
      return Object.fromEntries(readAttributes(value.value.values));
    case 'bytesValue':
      return Buffer.from(value.value).toString('base64');
    case 'boolValue':
      return value.value;
    case undefined:
      return null;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
