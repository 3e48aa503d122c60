import { Meter, WIRE_LIMITS } from './limits.ts';
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
} from './model.ts';
import { ProtobufFields } from './protobuf-fields.ts';
import { ProtobufReader } from './protobuf-reader.ts';

export function tracesFromProtobuf(body: Uint8Array, limits = WIRE_LIMITS): Traces {
  const fields = fieldsOf(body, limits);
  const groups = readRequest(fields, 'TracesRequest', TRACES, readSpan);
  return { signal: 'traces', groups, rejected: [] };
}

export function logsFromProtobuf(body: Uint8Array, limits = WIRE_LIMITS): Logs {
  const fields = fieldsOf(body, limits);
  const groups = readRequest(fields, 'LogsRequest', LOGS, readLog);
  return { signal: 'logs', groups, rejected: [] };
}

export function metricsFromProtobuf(body: Uint8Array, limits = WIRE_LIMITS): Metrics {
  const fields = fieldsOf(body, limits);
  const groups = readRequest(fields, 'MetricsRequest', METRICS, readMetric);
  return { signal: 'metrics', groups, rejected: [] };
}

/** The names of a request's lists, for messages about what is in them. */
interface Names {
  resources: string;
  scopes: string;
  records: string;
}

const TRACES: Names = { resources: 'resourceSpans', scopes: 'scopeSpans', records: 'spans' };
const LOGS: Names = { resources: 'resourceLogs', scopes: 'scopeLogs', records: 'logRecords' };
const METRICS: Names = {
  resources: 'resourceMetrics',
  scopes: 'scopeMetrics',
  records: 'metrics',
};

function fieldsOf(body: Uint8Array, limits: typeof WIRE_LIMITS): ProtobufFields {
  const meter = new Meter(limits);
  return new ProtobufFields(new ProtobufReader(body, meter), meter);
}

/** Reads one record; an own message in the request, with an index among its siblings. */
type RecordReader<R> = (fields: ProtobufFields, index: number) => R;

function readRequest<R>(
  fields: ProtobufFields,
  request: string,
  names: Names,
  readRecord: RecordReader<R>,
): WireGroup<R>[] {
  const { wire, meter } = fields;
  const groups: WireGroup<R>[] = [];
  try {
    const end = wire.body();
    meter.enter(names.resources);
    for (let index = 0; wire.isWithin(end);) {
      const number = wire.field();
      if (number === 1) {
        meter.item(index);
        meter.count('resources');
        readResource(fields, names, readRecord, groups);
        index += 1;
      } else wire.skip(number);
    }
    return groups;
  } catch (error) {
    if (!(error instanceof DecodeError) || error.name !== 'DecodeError') throw error;
    throw new DecodeError(`The body is not protobuf of an OTLP ${request}: ${error.message}`);
  }
}

function readResource<R>(
  fields: ProtobufFields,
  names: Names,
  readRecord: RecordReader<R>,
  groups: WireGroup<R>[],
): void {
  const { wire, meter } = fields;
  // Both may come in any order, and the resource in pieces.
  const resource = new Map<string, AttributeValue>();
  const end = wire.message();
  for (let index = 0; wire.isWithin(end);) {
    const number = wire.field();
    if (number === 1) {
      meter.enter('resource');
      fields.attributesMessage(resource);
      meter.leave();
    } else if (number === 2) {
      meter.enter(names.scopes);
      meter.item(index);
      meter.count('scopes');
      groups.push(readScope(fields, names, readRecord, resource));
      meter.leave();
      index += 1;
    } else wire.skip(number);
  }
  wire.leave();
}

function readScope<R>(
  fields: ProtobufFields,
  names: Names,
  readRecord: RecordReader<R>,
  resource: Attributes,
): WireGroup<R> {
  const { wire, meter } = fields;
  const path = `${meter.at}.${names.records}`;
  const group: WireGroup<R> = { path, resource, scope: '', records: [] };
  const end = wire.message();
  meter.enter(names.records);
  while (wire.isWithin(end)) {
    const number = wire.field();
    if (number === 1) group.scope = fields.scopeName(group.scope);
    else if (number === 2) {
      const index = group.records.length;
      meter.item(index);
      meter.count('records');
      group.records.push(readRecord(fields, index));
    } else wire.skip(number);
  }
  meter.leave();
  wire.leave();
  return group;
}

function readSpan(fields: ProtobufFields, index: number): WireSpan {
  const { wire } = fields;
  const attributes = new Map<string, AttributeValue>();
  const span: WireSpan = {
    index,
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    start: 0n,
    end: 0n,
    attributes,
    events: [],
    status: { code: 0, message: '' },
  };
  let [count, links] = [0, 0];
  const end = wire.message();
  while (wire.isWithin(end)) {
    const number = wire.field();
    switch (number) {
      case 1:
        span.traceId = wire.bytes('hex');
        break;
      case 2:
        span.spanId = wire.bytes('hex');
        break;
      case 4:
        span.parentSpanId = wire.bytes('hex');
        break;
      case 5:
        span.name = fields.text();
        break;
      case 6:
        wire.int32();
        break;
      case 7:
        span.start = wire.fixed64();
        break;
      case 8:
        span.end = wire.fixed64();
        break;
      case 9:
        fields.attribute(attributes, (count += 1));
        break;
      case 11:
        span.events.push(fields.event(span.events.length));
        break;
      case 13:
        fields.skipLink((links += 1));
        break;
      case 15:
        fields.status(span.status);
        break;
      default:
        wire.skip(number);
    }
  }
  wire.leave();
  return span;
}

function readLog(fields: ProtobufFields, index: number): WireLog {
  const { wire } = fields;
  const attributes = new Map<string, AttributeValue>();
  const log: WireLog = {
    index,
    traceId: '',
    spanId: '',
    time: 0n,
    observed: 0n,
    eventName: '',
    body: null,
    attributes,
  };
  const body = fields.pending();
  let count = 0;
  const end = wire.message();
  while (wire.isWithin(end)) {
    const number = wire.field();
    switch (number) {
      case 1:
        log.time = wire.fixed64();
        break;
      case 2:
        wire.int32();
        break;
      case 3:
        wire.string();
        break;
      case 5:
        fields.body(body);
        break;
      case 6:
        fields.attribute(attributes, (count += 1));
        break;
      case 9:
        log.traceId = wire.bytes('hex');
        break;
      case 10:
        log.spanId = wire.bytes('hex');
        break;
      case 11:
        log.observed = wire.fixed64();
        break;
      case 12:
        log.eventName = fields.text();
        break;
      default:
        wire.skip(number);
    }
  }
  wire.leave();
  log.body = fields.settled(body);
  return log;
}

/** The points are read whatever the metric is: its name may come after them. */
function readMetric(fields: ProtobufFields, index: number): WireMetric {
  const { wire } = fields;
  const metric: WireMetric = { index, name: '', points: [] };
  const end = wire.message();
  while (wire.isWithin(end)) {
    const number = wire.field();
    if (number === 1) metric.name = fields.text();
    else if (number === 7) fields.sum(metric.points);
    else wire.skip(number);
  }
  wire.leave();
  if (!TELLING_METRICS.has(metric.name)) metric.points = [];
  return metric;
}
