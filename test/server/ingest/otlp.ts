/** Builds OTLP requests the way clients send them, in JSON. */

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Values = Record<string, Value>;

/** One record with all that is told around it: what any batch may be made of. */
export interface Capture {
  signal: 'traces' | 'logs';
  resource: Values;
  scope: string;
  record: Record<string, unknown>;
}

export interface SpanOptions {
  trace: number;
  id: number;
  parent?: number;
  name: string;
  /** Milliseconds after `T0`. */
  start: number;
  end: number;
  attributes?: Values;
  /** Its message; the span failed. */
  failed?: string;
  exception?: { type: string; message: string };
  /** Something else that it tells of itself; `at` in milliseconds after `T0`. */
  event?: { at: number; name: string; attributes: Values };
}

/** When everything here happens. */
export const T0 = Date.UTC(2026, 10, 20, 9, 0, 0);

export const traceId = (trace: number) => trace.toString(16).padStart(32, '0');
export const spanId = (id: number) => id.toString(16).padStart(16, '0');

function span(options: SpanOptions): Record<string, unknown> {
  const { trace, id, parent, name, start, end, attributes = {}, failed, exception } = options;
  const events = options.event ? [options.event] : [];
  if (exception) {
    const { type, message } = exception;
    const told = { 'exception.type': type, 'exception.message': message };
    events.push({ at: end, name: 'exception', attributes: told });
  }
  return {
    traceId: traceId(trace),
    spanId: spanId(id),
    ...(parent === undefined ? {} : { parentSpanId: spanId(parent) }),
    name,
    kind: 1,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(end),
    attributes: keyValues(attributes),
    events: events.map((event) => ({
      name: event.name,
      timeUnixNano: nanoseconds(event.at),
      attributes: keyValues(event.attributes),
    })),
    status: failed === undefined ? { code: 0 } : { code: 2, message: failed },
  };
}

export interface LogOptions {
  /** Milliseconds after `T0`. */
  at: number;
  trace?: number;
  span?: number;
  body?: Value;
  attributes?: Values;
  eventName?: string;
  /** The time is told as that of observation only, as Codex does. */
  observedOnly?: boolean;
}

function log(options: LogOptions): Record<string, unknown> {
  const { at, trace, span: id, body, attributes = {}, eventName, observedOnly } = options;
  return {
    timeUnixNano: observedOnly ? '0' : nanoseconds(at),
    observedTimeUnixNano: nanoseconds(at),
    severityNumber: 9,
    traceId: trace === undefined ? '' : traceId(trace),
    spanId: id === undefined ? '' : spanId(id),
    ...(eventName === undefined ? {} : { eventName }),
    ...(body === undefined ? {} : { body: anyValue(body) }),
    attributes: keyValues(attributes),
  };
}

function nanoseconds(ms: number): string {
  return `${Math.round((T0 + ms) * 1_000)}000`;
}

function keyValues(values: Values) {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
}

export function anyValue(value: Value): Record<string, unknown> {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
  }
  return Array.isArray(value)
    ? { arrayValue: { values: value.map(anyValue) } }
    : { kvlistValue: { values: keyValues(value) } };
}

/** The body of a request that holds these records, grouped as an exporter groups them. */
export function requestBody(captures: readonly Capture[]): Uint8Array {
  const isTraces = captures[0]?.signal !== 'logs';
  const groups = Map.groupBy(captures, ({ resource, scope }) => JSON.stringify([resource, scope]));
  const resources = [...groups.values()].map((records) => ({
    resource: { attributes: keyValues(records[0]?.resource ?? {}) },
    [isTraces ? 'scopeSpans' : 'scopeLogs']: [
      {
        scope: { name: records[0]?.scope },
        [isTraces ? 'spans' : 'logRecords']: records.map(({ record }) => record),
      },
    ],
  }));
  const request = { [isTraces ? 'resourceSpans' : 'resourceLogs']: resources };
  return new TextEncoder().encode(JSON.stringify(request));
}

/** A client that sends several records from one resource and scope. */
export function client(service: string, scope: string, resource: Values = {}) {
  const from = { resource: { 'service.name': service, ...resource }, scope };
  return {
    spans: (...records: SpanOptions[]): Capture[] =>
      records.map((record) => ({ signal: 'traces', ...from, record: span(record) })),
    logs: (...records: LogOptions[]): Capture[] =>
      records.map((record) => ({ signal: 'logs', ...from, record: log(record) })),
  };
}
