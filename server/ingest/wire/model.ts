/**
 * What both roads into the ingester, JSON and protobuf, end in. Strings are clean already: no NUL,
 * no half surrogate pairs, which PostgreSQL would refuse.
 */

/** Bytes are base64. An integer beyond 2^53 is its decimal string. */
export type AttributeValue =
  string | number | boolean | null | AttributeValue[] | { [key: string]: AttributeValue };

export type Attributes = ReadonlyMap<string, AttributeValue>;

/** Nanoseconds since the epoch; 0 where the client told none. */
export type Nanoseconds = bigint;

export interface WireEvent {
  name: string;
  time: Nanoseconds;
  attributes: Attributes;
}

export interface WireSpan {
  /** Position among its siblings, for messages about it. */
  index: number;
  /** Lower-case hex as sent, or empty; whether it is a valid id is for the reader to tell. */
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  start: Nanoseconds;
  end: Nanoseconds;
  attributes: Attributes;
  events: WireEvent[];
  /** Code 0: unset, 1: ok, 2: error. */
  status: { code: number; message: string };
}

export interface WireLog {
  index: number;
  traceId: string;
  spanId: string;
  time: Nanoseconds;
  observed: Nanoseconds;
  eventName: string;
  body: AttributeValue;
  attributes: Attributes;
}

export interface WireMetric {
  index: number;
  name: string;
  /** Of those sums alone that tell something; others are not looked into. */
  points: WirePoint[];
}

/** A point of a sum, without its value. */
export interface WirePoint {
  start: Nanoseconds;
  time: Nanoseconds;
  attributes: Attributes;
}

/** Metrics whose points tell something that spans and logs don't: that a session has begun. */
export const TELLING_METRICS: ReadonlySet<string> = new Set(['claude_code.session.count']);

/** The records of one scope of one resource. */
export interface WireGroup<R> {
  /** Where they were in the request, such as `resourceSpans[0].scopeSpans[1].spans`. */
  path: string;
  resource: Attributes;
  scope: string;
  records: R[];
}

interface Decoded<R> {
  groups: WireGroup<R>[];
  /** Records that could not be read, and why; the rest of the request stands. */
  rejected: string[];
}

export type Traces = Decoded<WireSpan> & { signal: 'traces' };
export type Logs = Decoded<WireLog> & { signal: 'logs' };
export type Metrics = Decoded<WireMetric> & { signal: 'metrics' };

/** The body as a whole is not what its type says; the message says where. */
export class DecodeError extends Error {
  override name = 'DecodeError';
  /** Where in a JSON body the fault is: a JSON pointer, empty for the whole. */
  path: string;

  /** @param at where it is, such as `resourceSpans[0].scopeSpans` */
  constructor(message: string, at = '') {
    super(at === '' ? message : `${at} ${message}`);
    this.path = at.replace(/^(?=.)|\.|\[/g, '/').replaceAll(']', '');
  }
}
