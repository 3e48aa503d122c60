import {
  type Attributes,
  type AttributeValue,
  DecodeError,
  type Logs,
  type Metrics,
  type Nanoseconds,
  TELLING_METRICS,
  type Traces,
  type WireEvent,
  type WireGroup,
  type WireLog,
  type WireMetric,
  type WireSpan,
} from '../../../server/ingest/wire/model.ts';
import { cleanText, cleanValue } from './text.ts';

type Json = Record<string, unknown>;

/**
 * OTLP JSON is read by hand: it writes ids as hex where protobuf's JSON mapping has base64, and
 * clients write 64-bit integers as numbers, as strings and as `stringValue`.
 */
export function tracesFromJson(body: Uint8Array): Traces {
  return { signal: 'traces', ...decode(body, 'resourceSpans', 'scopeSpans', 'spans', readSpan) };
}

export function logsFromJson(body: Uint8Array): Logs {
  return { signal: 'logs', ...decode(body, 'resourceLogs', 'scopeLogs', 'logRecords', readLog) };
}

export function metricsFromJson(body: Uint8Array): Metrics {
  return {
    signal: 'metrics',
    ...decode(body, 'resourceMetrics', 'scopeMetrics', 'metrics', readMetric),
  };
}

function readMetric(record: Json, index: number): WireMetric {
  const name = text(record.name);
  const { dataPoints } = TELLING_METRICS.has(name) ? child(record, 'sum') : {};
  const points = (Array.isArray(dataPoints) ? (dataPoints as unknown[]) : []).filter(isObject);
  return {
    index,
    name,
    points: points.map((point) => ({
      start: nanoseconds(point.startTimeUnixNano),
      time: nanoseconds(point.timeUnixNano),
      attributes: readAttributes(point.attributes),
    })),
  };
}

function decode<R>(
  body: Uint8Array,
  resourcesKey: string,
  scopesKey: string,
  recordsKey: string,
  read: (record: Json, index: number) => R,
) {
  const root = parse(body);
  const groups: WireGroup<R>[] = [];
  const rejected: string[] = [];
  for (const [r, resource] of objects(root, resourcesKey, '')) {
    const at = `${resourcesKey}[${r}]`;
    const attributes = readAttributes(child(resource, 'resource').attributes);
    for (const [s, scoped] of objects(resource, scopesKey, `${at}.`)) {
      const path = `${at}.${scopesKey}[${s}].${recordsKey}`;
      const records: R[] = [];
      for (const [index, record] of list(scoped, recordsKey, `${at}.${scopesKey}[${s}].`)) {
        if (isObject(record)) records.push(read(record, index));
        else rejected.push(`${path}[${index}] is not an object`);
      }
      const scope = text(child(scoped, 'scope').name);
      groups.push({ path, resource: attributes, scope, records });
    }
  }
  return { groups, rejected };
}

function parse(body: Uint8Array): Json {
  let root: unknown;
  try {
    root = JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    throw new DecodeError(`The body is not JSON: ${(error as SyntaxError).message}`);
  }
  if (!isObject(root)) throw new DecodeError('The body is not a JSON object');
  return root;
}

function readSpan(record: Json, index: number): WireSpan {
  const status = child(record, 'status');
  return {
    index,
    traceId: id(record.traceId),
    spanId: id(record.spanId),
    parentSpanId: id(record.parentSpanId),
    name: text(record.name),
    start: nanoseconds(record.startTimeUnixNano),
    end: nanoseconds(record.endTimeUnixNano),
    attributes: readAttributes(record.attributes),
    events: readEvents(record.events),
    status: { code: statusCode(status.code), message: text(status.message) },
  };
}

function readLog(record: Json, index: number): WireLog {
  return {
    index,
    traceId: id(record.traceId),
    spanId: id(record.spanId),
    time: nanoseconds(record.timeUnixNano),
    observed: nanoseconds(record.observedTimeUnixNano),
    eventName: text(record.eventName),
    body: readValue(record.body, 0),
    attributes: readAttributes(record.attributes),
  };
}

function readEvents(events: unknown): WireEvent[] {
  if (!Array.isArray(events)) return [];
  return events.filter(isObject).map((event) => ({
    name: text(event.name),
    time: nanoseconds(event.timeUnixNano),
    attributes: readAttributes(event.attributes),
  }));
}

function readAttributes(attributes: unknown, depth = 0): Attributes {
  const read = new Map<string, AttributeValue>();
  if (!Array.isArray(attributes)) return read;
  for (const attribute of attributes) {
    if (!isObject(attribute) || typeof attribute.key !== 'string') continue;
    read.set(cleanText(attribute.key), readValue(attribute.value, depth));
  }
  return read;
}

/** The one lenient reader of values; an empty `value: {}` is null. */
function readValue(value: unknown, depth: number): AttributeValue {
  if (!isObject(value) || depth > 40) return null;
  if ('intValue' in value) return integer(value.intValue);
  if ('arrayValue' in value) {
    const { values } = child(value, 'arrayValue');
    return Array.isArray(values) ? values.map((item) => readValue(item, depth + 1)) : [];
  }
  if ('kvlistValue' in value) {
    return Object.fromEntries(readAttributes(child(value, 'kvlistValue').values, depth + 1));
  }
  if ('doubleValue' in value) return double(value.doubleValue);
  return cleanValue(value.stringValue ?? value.boolValue ?? value.bytesValue);
}

/** A number where it is exact, else its decimal string; what is no integer at all is null. */
function integer(value: unknown): AttributeValue {
  if (typeof value === 'number') return Number.isInteger(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*[+-]?\d+\s*$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.trim();
}

/** JSON has no infinities: the mapping writes `"NaN"` and `"Infinity"`, which are unknown here. */
function double(value: unknown): AttributeValue {
  // Signs, digits, a point and an exponent: other spellings of `Number` have other letters, or none.
  if (typeof value === 'string' && (value.trim() === '' || !/^[^A-DF-Za-df-z]*$/.test(value))) {
    return null;
  }
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function nanoseconds(value: unknown): Nanoseconds {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value);
  if (typeof value === 'number' && value > 0 && value < 2 ** 64) return BigInt(Math.trunc(value));
  return 0n;
}

function statusCode(value: unknown): number {
  if (typeof value === 'number') return value;
  return value === 'STATUS_CODE_ERROR' ? 2 : value === 'STATUS_CODE_OK' ? 1 : 0;
}

/**
 * Hex, as the protocol says. Exporters that leave JSON to their protobuf library write base64,
 * which its length and padding give away.
 */
function id(value: unknown): string {
  if (typeof value !== 'string') return '';
  return /^(?:[\w+/-]{22}==|[\w+/-]{11}=)$/.test(value)
    ? Buffer.from(value, 'base64').toString('hex')
    : value.toLowerCase();
}

function text(value: unknown): string {
  return typeof value === 'string' ? cleanText(value) : '';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function child(parent: Json, key: string): Json {
  const value = parent[key];
  return isObject(value) ? value : {};
}

function list(parent: Json, key: string, at: string): [number, unknown][] {
  const value = parent[key] ?? [];
  if (!Array.isArray(value)) throw new DecodeError('is not an array', `${at}${key}`);
  return [...value.entries()];
}

function objects(parent: Json, key: string, at: string): [number, Json][] {
  return list(parent, key, at).map(([index, value]) => {
    if (!isObject(value)) throw new DecodeError('is not an object', `${at}${key}[${index}]`);
    return [index, value];
  });
}
