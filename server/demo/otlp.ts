/** Just enough of OTLP/JSON to speak as an exporter does. */

type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number }
  | { arrayValue: { values: AnyValue[] } };

export type AttributeValue = string | number | boolean | readonly string[] | undefined;
export type Attributes = Record<string, AttributeValue>;

export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** Epoch ms. */
  start: number;
  end: number;
  attributes: Attributes;
  /** Error type and message; without it the span is fine. */
  /** `null`: the client tells no type. */
  error?: readonly [type: string | null, message: string];
  /** Where in the program the error came up. */
  stack?: string;
}

export interface LogRecord {
  at: number;
  event: string;
  attributes: Attributes;
}

/** Spans or logs of one service, as one resource of an export. */
export interface Resource<T> {
  service: string;
  scope: string;
  items: T[];
}

const nanos = (ms: number): string => `${Math.round(ms * 1000)}000`;

function value(of: Exclude<AttributeValue, undefined>): AnyValue {
  if (typeof of === 'string') return { stringValue: of };
  if (typeof of === 'boolean') return { boolValue: of };
  if (typeof of === 'number') {
    return Number.isInteger(of) ? { intValue: String(of) } : { doubleValue: of };
  }
  return { arrayValue: { values: of.map((stringValue) => ({ stringValue })) } };
}

function attributes(of: Attributes): { key: string; value: AnyValue }[] {
  return Object.entries(of).flatMap(([key, attribute]) =>
    attribute === undefined ? [] : [{ key, value: value(attribute) }],
  );
}

const resource = (service: string): { attributes: { key: string; value: AnyValue }[] } => ({
  attributes: attributes({ 'service.name': service, 'telemetry.sdk.language': 'nodejs' }),
});

/** An error as a span records it. */
const exception = ({ end, error, stack }: Span) => ({
  name: 'exception',
  timeUnixNano: nanos(end),
  attributes: attributes({
    'exception.type': error?.[0] ?? undefined,
    'exception.message': error?.[1],
    'exception.stacktrace': stack,
  }),
});

/** The body of `POST /v1/traces`. */
export function tracesBody(resources: readonly Resource<Span>[]): string {
  return JSON.stringify({
    resourceSpans: resources.map(({ service, scope, items }) => ({
      resource: resource(service),
      scopeSpans: [
        {
          scope: { name: scope },
          spans: items.map((span) => ({
            traceId: span.traceId,
            spanId: span.spanId,
            ...(span.parentSpanId ? { parentSpanId: span.parentSpanId } : {}),
            name: span.name,
            kind: 1,
            startTimeUnixNano: nanos(span.start),
            endTimeUnixNano: nanos(span.end),
            attributes: attributes({
              ...span.attributes,
              ...(span.error ? { 'error.type': span.error[0] ?? undefined } : {}),
            }),
            ...(span.error && span.stack !== undefined ? { events: [exception(span)] } : {}),
            status: span.error ? { code: 2, message: span.error[1] } : { code: 1 },
          })),
        },
      ],
    })),
  });
}

/** The body of `POST /v1/logs`. */
export function logsBody(resources: readonly Resource<LogRecord>[]): string {
  return JSON.stringify({
    resourceLogs: resources.map(({ service, scope, items }) => ({
      resource: resource(service),
      scopeLogs: [
        {
          scope: { name: scope },
          logRecords: items.map((log) => ({
            timeUnixNano: nanos(log.at),
            observedTimeUnixNano: nanos(log.at),
            severityNumber: 9,
            body: { stringValue: log.event },
            attributes: attributes({ 'event.name': log.event, ...log.attributes }),
          })),
        },
      ],
    })),
  });
}
