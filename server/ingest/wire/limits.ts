import { DecodeError } from './model.ts';

/**
 * What one OTLP request may hold. Far above what exporters send (batches of 512 records with at
 * most 128 attributes), and checked while reading: what is beyond is never built.
 */
export interface WireLimits {
  /** Bytes of the body, inflated. */
  bytes: number;
  /** Nested arrays and objects in JSON; an attribute's value of 40 levels takes 130. */
  levels: number;
  /** Nested messages in protobuf. */
  messages: number;
  /** JSON values or protobuf fields, read or skipped. */
  nodes: number;
  /** `resourceSpans`, `resourceLogs` or `resourceMetrics`. */
  resources: number;
  /** `scopeSpans`, `scopeLogs` or `scopeMetrics`, over all resources. */
  scopes: number;
  /** Spans, log records or metrics. */
  records: number;
  /** Events of all spans; points of all metrics that are read. */
  events: number;
  links: number;
  /** Attributes of everything, and the values in their lists and maps. */
  values: number;
  /** Attributes, events or links of one record. */
  perRecord: number;
  /** Bytes of one text in protobuf, characters in JSON. */
  text: number;
  /** Characters of one number in JSON. */
  number: number;
  /** Characters of white space in one place in JSON. */
  space: number;
}

const MIB = 1024 * 1024;

export const WIRE_LIMITS: Readonly<WireLimits> = {
  bytes: 16 * MIB,
  levels: 200,
  messages: 100,
  nodes: 2_000_000,
  resources: 10_000,
  scopes: 10_000,
  records: 50_000,
  events: 100_000,
  links: 100_000,
  values: 500_000,
  perRecord: 10_000,
  text: 8 * MIB,
  number: 1_000,
  space: 65_536,
};

/** The body is more than the limits allow; the message says where, and which one. */
export class LimitError extends DecodeError {
  override name = 'LimitError';
}

/** What is counted over a whole request. */
type Counted = 'resources' | 'scopes' | 'records' | 'events' | 'links' | 'values';

const NAMES: Record<Counted, string> = {
  resources: 'resources',
  scopes: 'scopes',
  records: 'records',
  events: 'events',
  links: 'links',
  values: 'attributes and values',
};

const figure = new Intl.NumberFormat('en');

/** Counts what has been read of a request, and knows where the reading is. */
export class Meter {
  readonly limits: Readonly<WireLimits>;
  readonly #counts: Record<Counted, number> = {
    resources: 0,
    scopes: 0,
    records: 0,
    events: 0,
    links: 0,
    values: 0,
  };
  #nodes = 0;
  readonly #names: string[] = [];
  readonly #indexes: number[] = [];

  constructor(limits: Readonly<WireLimits> = WIRE_LIMITS) {
    this.limits = limits;
  }

  /** Goes into a field; the items of a list are told apart by `item`. */
  enter(name: string): void {
    this.#names.push(name);
    this.#indexes.push(-1);
  }

  item(index: number): void {
    this.#indexes[this.#indexes.length - 1] = index;
  }

  leave(): void {
    this.#names.pop();
    this.#indexes.pop();
  }

  /** Such as `resourceSpans[3].scopeSpans[0].spans[17].attributes`; empty for the whole body. */
  get at(): string {
    return this.#names
      .map((name, place) => {
        const index = this.#indexes[place] ?? -1;
        return index < 0 ? name : `${name}[${index}]`;
      })
      .join('.');
  }

  /** Whether more values or fields came than the limits allow. */
  get isBeyond(): boolean {
    return this.#nodes > this.limits.nodes || this.#counts.values > this.limits.values;
  }

  /** One more JSON value or protobuf field. @throws LimitError */
  node(): void {
    this.#nodes += 1;
    if (this.#nodes > this.limits.nodes) {
      throw this.exceeded(`exceeds the body's limit of ${this.#text('nodes')} fields`);
    }
  }

  /** One more of what a request may hold only so many of. @throws LimitError */
  count(what: Counted): void {
    this.#counts[what] += 1;
    if (this.#counts[what] > this.limits[what]) {
      throw this.exceeded(`exceeds the body's limit of ${this.#text(what)} ${NAMES[what]}`);
    }
  }

  /** @param count how many the list that is being read holds so far @throws LimitError */
  list(count: number): void {
    if (count > this.limits.perRecord) {
      throw this.exceeded(`has more than ${this.#text('perRecord')} entries`);
    }
  }

  /** @param length of a text @throws LimitError */
  text(length: number): void {
    if (length > this.limits.text) {
      throw this.exceeded(`has a text longer than ${this.#text('text')} characters`);
    }
  }

  /** A refusal about where the reading is. */
  exceeded(message: string): LimitError {
    const { at } = this;
    return at === '' ? new LimitError(`The body ${message}`) : new LimitError(message, at);
  }

  #text(limit: keyof WireLimits): string {
    return figure.format(this.limits[limit]);
  }
}
