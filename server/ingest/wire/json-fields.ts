import type { JsonReader } from './json-reader.ts';
import type { Meter } from './limits.ts';
import type {
  Attributes,
  AttributeValue,
  Nanoseconds,
  WireEvent,
  WirePoint,
  WireSpan,
} from './model.ts';
import { doubleOf, integerOf } from './numbers.ts';

/** Values nested deeper than this are `null`. */
const MAX_DEPTH = 40;

export const NO_ATTRIBUTES: Attributes = new Map();

/**
 * Reads the fields of OTLP/JSON's records. Lenient, as clients differ: a value of another type than
 * its field has counts as absent.
 */
export class JsonFields {
  readonly json: JsonReader;
  readonly #meter: Meter;

  constructor(json: JsonReader, meter: Meter) {
    this.json = json;
    this.#meter = meter;
  }

  /**
   * Hex, as the protocol says. Exporters that leave JSON to their protobuf library write base64,
   * which its length and padding give away.
   */
  id(): string {
    const id = this.json.string() ?? '';
    return id.endsWith('=') && BASE64_ID.test(id)
      ? Buffer.from(id, 'base64').toString('hex')
      : id.toLowerCase();
  }

  nanoseconds(): Nanoseconds {
    const value = this.json.numberOrString();
    if (typeof value === 'string') return /^\d{1,20}$/.test(value) ? BigInt(value) : 0n;
    if (value === undefined || !(value > 0 && value < 2 ** 64)) return 0n;
    return BigInt(Math.trunc(value));
  }

  status(): WireSpan['status'] {
    const { json } = this;
    const status = { code: 0, message: '' };
    this.#eachKey((key) => {
      if (key === 'code') status.code = statusCode(json.numberOrString());
      else if (key === 'message') status.message = json.cleanString() ?? '';
      else json.skip();
    });
    return status;
  }

  attributes(): Attributes {
    this.#meter.enter('attributes');
    const attributes = this.#keyValues(0);
    this.#meter.leave();
    return attributes;
  }

  body(): AttributeValue {
    this.#meter.enter('body');
    this.#meter.count('values');
    const body = this.#value(0);
    this.#meter.leave();
    return body;
  }

  events(): WireEvent[] {
    const { json } = this;
    const events: WireEvent[] = [];
    this.#list('events', 'events', () => {
      const event: WireEvent = { name: '', time: 0n, attributes: NO_ATTRIBUTES };
      for (let more = json.object(); more; more = json.moreOfObject()) {
        const key = json.key();
        if (key === 'name') event.name = json.cleanString() ?? '';
        else if (key === 'timeUnixNano') event.time = this.nanoseconds();
        else if (key === 'attributes') event.attributes = this.attributes();
        else json.skip();
      }
      events.push(event);
    });
    return events;
  }

  /** Links are not read, but there may not be too many. */
  skipLinks(): void {
    this.#list('links', 'links', () => this.json.skip());
  }

  /** The points of a metric's sum. */
  points(): WirePoint[] {
    const { json } = this;
    let points: WirePoint[] = [];
    this.#eachKey((key) => {
      if (key !== 'dataPoints') return void json.skip();
      points = [];
      this.#list(key, 'events', () => points.push(this.#point()));
    });
    return points;
  }

  #point(): WirePoint {
    const { json } = this;
    const point: WirePoint = { start: 0n, time: 0n, attributes: NO_ATTRIBUTES };
    for (let more = json.object(); more; more = json.moreOfObject()) {
      const key = json.key();
      if (key === 'startTimeUnixNano') point.start = this.nanoseconds();
      else if (key === 'timeUnixNano') point.time = this.nanoseconds();
      else if (key === 'attributes') point.attributes = this.attributes();
      else json.skip();
    }
    return point;
  }

  /** Reads the objects of a list, and skips what else is in it. */
  #list(name: string, counted: 'events' | 'links', read: () => void): void {
    const { json } = this;
    if (!json.isArray) {
      json.skip();
      return;
    }
    this.#meter.enter(name);
    let index = 0;
    for (let more = json.array(); more; more = json.moreOfArray()) {
      this.#meter.item(index);
      index += 1;
      this.#meter.count(counted);
      this.#meter.list(index);
      if (json.isObject) read();
      else json.skip();
    }
    this.#meter.leave();
  }

  /** Reads an object by its keys; any other value is skipped. */
  #eachKey(read: (key: string) => void): void {
    const { json } = this;
    if (!json.isObject) {
      json.skip();
      return;
    }
    for (let more = json.object(); more; more = json.moreOfObject()) read(json.key());
  }

  #keyValues(depth: number): Map<string, AttributeValue> {
    const { json } = this;
    const read = new Map<string, AttributeValue>();
    if (!json.isArray) {
      json.skip();
      return read;
    }
    let index = 0;
    for (let more = json.array(); more; more = json.moreOfArray()) {
      index += 1;
      this.#meter.list(index);
      this.#meter.count('values');
      if (json.isObject) this.#keyValue(read, depth);
      else json.skip();
    }
    return read;
  }

  #keyValue(read: Map<string, AttributeValue>, depth: number): void {
    const { json } = this;
    let key: string | undefined;
    let value: AttributeValue = null;
    for (let more = json.object(); more; more = json.moreOfObject()) {
      const name = json.key();
      if (name === 'key') key = json.cleanString();
      else if (name === 'value') value = this.#value(depth);
      else json.skip();
    }
    if (key !== undefined) read.set(key, value);
  }

  /** The one lenient reader of values; an empty `value: {}` is null. */
  #value(depth: number): AttributeValue {
    const { json } = this;
    if (!json.isObject || depth > MAX_DEPTH) {
      json.skip();
      return null;
    }
    // The kind that comes first here counts, wherever it stands in the object.
    let integer: AttributeValue | undefined;
    let list: AttributeValue[] | undefined;
    let map: Map<string, AttributeValue> | undefined;
    let double: AttributeValue | undefined;
    let text: AttributeValue | undefined;
    let truth: AttributeValue | undefined;
    let bytes: AttributeValue | undefined;
    for (let more = json.object(); more; more = json.moreOfObject()) {
      switch (json.key()) {
        case 'stringValue':
          text = this.#given();
          break;
        case 'intValue':
          integer = integerOf(json.numberOrString());
          break;
        case 'doubleValue':
          double = doubleOf(json.numberOrString());
          break;
        case 'boolValue':
          truth = this.#given();
          break;
        case 'arrayValue':
          list = [];
          this.#eachKey((key) => {
            if (key === 'values') list = this.#values(depth + 1);
            else json.skip();
          });
          break;
        case 'kvlistValue':
          map = new Map();
          this.#eachKey((key) => {
            if (key === 'values') map = this.#keyValues(depth + 1);
            else json.skip();
          });
          break;
        case 'bytesValue':
          bytes = this.#given();
          break;
        default:
          json.skip();
      }
    }
    if (integer !== undefined) return integer;
    if (list) return list;
    if (map) return Object.fromEntries(map);
    if (double !== undefined) return double;
    if (text !== undefined) return text;
    return truth !== undefined ? truth : (bytes ?? null);
  }

  #values(depth: number): AttributeValue[] {
    const { json } = this;
    const values: AttributeValue[] = [];
    if (!json.isArray) {
      json.skip();
      return values;
    }
    for (let more = json.array(); more; more = json.moreOfArray()) {
      this.#meter.count('values');
      values.push(this.#value(depth));
    }
    return values;
  }

  /** What a client gave for a string, a boolean or bytes, whatever it is; `undefined` for null. */
  #given(): AttributeValue | undefined {
    const { isNull } = this.json;
    const value = this.json.value();
    return isNull ? undefined : value;
  }
}

const BASE64_ID = /^(?:[\w+/-]{22}==|[\w+/-]{11}=)$/;

function statusCode(value: number | string | undefined): number {
  if (typeof value === 'number') return value;
  return value === 'STATUS_CODE_ERROR' ? 2 : value === 'STATUS_CODE_OK' ? 1 : 0;
}
