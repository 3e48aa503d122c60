import { JsonReader } from './json-reader.ts';
import { Meter, WIRE_LIMITS } from './limits.ts';
import {
  type Attributes,
  DecodeError,
  type Logs,
  type Metrics,
  TELLING_METRICS,
  type Traces,
  type WireGroup,
  type WireLog,
  type WireMetric,
  type WirePoint,
  type WireSpan,
} from './model.ts';
import { JsonFields, NO_ATTRIBUTES } from './json-fields.ts';

/**
 * OTLP JSON is read by hand: it writes ids as hex where protobuf's JSON mapping has base64, and
 * clients write 64-bit integers as numbers, as strings and as `stringValue`.
 */
export function tracesFromJson(body: Uint8Array, limits = WIRE_LIMITS): Traces {
  const reader = new RequestReader(body, limits, (fields, index) => readSpan(fields, index));
  return { signal: 'traces', ...reader.read('resourceSpans', 'scopeSpans', 'spans') };
}

export function logsFromJson(body: Uint8Array, limits = WIRE_LIMITS): Logs {
  const reader = new RequestReader(body, limits, (fields, index) => readLog(fields, index));
  return { signal: 'logs', ...reader.read('resourceLogs', 'scopeLogs', 'logRecords') };
}

export function metricsFromJson(body: Uint8Array, limits = WIRE_LIMITS): Metrics {
  const reader = new RequestReader(body, limits, (fields, index) => readMetric(fields, index));
  return { signal: 'metrics', ...reader.read('resourceMetrics', 'scopeMetrics', 'metrics') };
}

/** Reads what the three requests have in common: resources, scopes and the lists of records. */
class RequestReader<R> {
  readonly #json: JsonReader;
  readonly #meter: Meter;
  readonly #fields: JsonFields;
  readonly #readRecord: (fields: JsonFields, index: number) => R;
  readonly #groups: WireGroup<R>[] = [];
  readonly #rejected: string[] = [];
  /** What has the wrong type where nothing can be read without it; thrown once JSON has ended. */
  #fault: DecodeError | undefined;

  constructor(
    body: Uint8Array,
    limits: typeof WIRE_LIMITS,
    readRecord: (fields: JsonFields, index: number) => R,
  ) {
    this.#meter = new Meter(limits);
    // Removes a byte order mark, and repairs bad UTF-8: clients cut texts within a character.
    this.#json = new JsonReader(new TextDecoder().decode(body), this.#meter);
    this.#fields = new JsonFields(this.#json, this.#meter);
    this.#readRecord = readRecord;
  }

  read(resourcesKey: string, scopesKey: string, recordsKey: string) {
    const json = this.#json;
    if (!json.isObject) {
      json.skip();
      json.end();
      throw new DecodeError('The body is not a JSON object');
    }
    for (let more = json.object(); more; more = json.moreOfObject()) {
      if (json.key() !== resourcesKey) {
        json.skip();
        continue;
      }
      // Of a key that comes twice the last one counts.
      this.#forget(0, 0, undefined);
      this.#objects(resourcesKey, 'resources', () => this.#resource(scopesKey, recordsKey));
    }
    json.end();
    if (this.#fault) throw this.#fault;
    return { groups: this.#groups, rejected: this.#rejected };
  }

  #resource(scopesKey: string, recordsKey: string): void {
    const json = this.#json;
    const [groups, rejected, fault] = [this.#groups.length, this.#rejected.length, this.#fault];
    let attributes = NO_ATTRIBUTES;
    for (let more = json.object(); more; more = json.moreOfObject()) {
      const key = json.key();
      if (key === 'resource') {
        this.#meter.enter(key);
        attributes = this.#resourceAttributes();
        this.#meter.leave();
      } else if (key === scopesKey) {
        this.#forget(groups, rejected, fault);
        this.#objects(scopesKey, 'scopes', () => this.#scope(recordsKey));
      } else json.skip();
    }
    for (const group of this.#groups.slice(groups)) group.resource = attributes;
  }

  #resourceAttributes(): Attributes {
    const json = this.#json;
    let attributes = NO_ATTRIBUTES;
    if (!json.isObject) {
      json.skip();
      return attributes;
    }
    for (let more = json.object(); more; more = json.moreOfObject()) {
      if (json.key() === 'attributes') attributes = this.#fields.attributes();
      else json.skip();
    }
    return attributes;
  }

  #scope(recordsKey: string): void {
    const json = this.#json;
    const [rejected, fault] = [this.#rejected.length, this.#fault];
    const path = `${this.#meter.at}.${recordsKey}`;
    const group: WireGroup<R> = { path, resource: NO_ATTRIBUTES, scope: '', records: [] };
    this.#groups.push(group);
    for (let more = json.object(); more; more = json.moreOfObject()) {
      const key = json.key();
      if (key === 'scope') group.scope = this.#scopeName();
      else if (key === recordsKey) {
        this.#forget(this.#groups.length, rejected, fault);
        group.records = [];
        this.#records(recordsKey, group);
      } else json.skip();
    }
  }

  #scopeName(): string {
    const json = this.#json;
    let name = '';
    if (!json.isObject) {
      json.skip();
      return name;
    }
    for (let more = json.object(); more; more = json.moreOfObject()) {
      if (json.key() === 'name') name = json.cleanString() ?? '';
      else json.skip();
    }
    return name;
  }

  #records(key: string, group: WireGroup<R>): void {
    const { records, path } = group;
    this.#list(key, 'records', (index) => {
      if (this.#json.isObject) records.push(this.#readRecord(this.#fields, index));
      else {
        this.#json.skip();
        this.#rejected.push(`${path}[${index}] is not an object`);
      }
    });
  }

  #objects(key: string, counted: 'resources' | 'scopes', read: () => void): void {
    this.#list(key, counted, () => {
      if (this.#json.isObject) read();
      else {
        this.#json.skip();
        this.#fault ??= new DecodeError('is not an object', this.#meter.at);
      }
    });
  }

  #list(
    key: string,
    counted: 'resources' | 'scopes' | 'records',
    read: (index: number) => void,
  ): void {
    const json = this.#json;
    this.#meter.enter(key);
    if (json.isArray) {
      let index = 0;
      for (let more = json.array(); more; more = json.moreOfArray()) {
        this.#meter.item(index);
        this.#meter.count(counted);
        read(index);
        index += 1;
      }
    } else {
      if (!json.isNull) this.#fault ??= new DecodeError('is not an array', this.#meter.at);
      json.skip();
    }
    this.#meter.leave();
  }

  /** Drops what a repeated key replaces. */
  #forget(groups: number, rejected: number, fault: DecodeError | undefined): void {
    this.#groups.length = groups;
    this.#rejected.length = rejected;
    this.#fault = fault;
  }
}

function readSpan(fields: JsonFields, index: number): WireSpan {
  const { json } = fields;
  const span: WireSpan = {
    index,
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    start: 0n,
    end: 0n,
    attributes: NO_ATTRIBUTES,
    events: [],
    status: { code: 0, message: '' },
  };
  for (let more = json.object(); more; more = json.moreOfObject()) {
    switch (json.key()) {
      case 'traceId':
        span.traceId = fields.id();
        break;
      case 'spanId':
        span.spanId = fields.id();
        break;
      case 'parentSpanId':
        span.parentSpanId = fields.id();
        break;
      case 'name':
        span.name = json.cleanString() ?? '';
        break;
      case 'startTimeUnixNano':
        span.start = fields.nanoseconds();
        break;
      case 'endTimeUnixNano':
        span.end = fields.nanoseconds();
        break;
      case 'attributes':
        span.attributes = fields.attributes();
        break;
      case 'events':
        span.events = fields.events();
        break;
      case 'links':
        fields.skipLinks();
        break;
      case 'status':
        span.status = fields.status();
        break;
      default:
        json.skip();
    }
  }
  return span;
}

function readLog(fields: JsonFields, index: number): WireLog {
  const { json } = fields;
  const log: WireLog = {
    index,
    traceId: '',
    spanId: '',
    time: 0n,
    observed: 0n,
    eventName: '',
    body: null,
    attributes: NO_ATTRIBUTES,
  };
  for (let more = json.object(); more; more = json.moreOfObject()) {
    switch (json.key()) {
      case 'traceId':
        log.traceId = fields.id();
        break;
      case 'spanId':
        log.spanId = fields.id();
        break;
      case 'timeUnixNano':
        log.time = fields.nanoseconds();
        break;
      case 'observedTimeUnixNano':
        log.observed = fields.nanoseconds();
        break;
      case 'eventName':
        log.eventName = json.cleanString() ?? '';
        break;
      case 'body':
        log.body = fields.body();
        break;
      case 'attributes':
        log.attributes = fields.attributes();
        break;
      default:
        json.skip();
    }
  }
  return log;
}

function readMetric(fields: JsonFields, index: number): WireMetric {
  const { json } = fields;
  let name = '';
  let sum: JsonReader['position'] | undefined;
  for (let more = json.object(); more; more = json.moreOfObject()) {
    const key = json.key();
    if (key === 'name') name = json.cleanString() ?? '';
    else {
      if (key === 'sum') sum = json.position;
      json.skip();
    }
  }
  const points = sum && TELLING_METRICS.has(name) ? pointsAt(fields, sum) : [];
  return { index, name, points };
}

/** A metric's name may come after its points, and says whether they are read. */
function pointsAt(fields: JsonFields, sum: JsonReader['position']): WirePoint[] {
  const { json } = fields;
  const end = json.position;
  json.goTo(sum);
  const points = fields.points();
  json.goTo(end);
  return points;
}
