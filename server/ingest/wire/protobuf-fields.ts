import { cleanText } from './clean-text.ts';
import type { Meter } from './limits.ts';
import type { AttributeValue, WireEvent, WirePoint, WireSpan } from './model.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/**
 * A value that is being read. A message of which a field comes twice is merged: lists and maps
 * grow, everything else is replaced.
 */
interface PendingValue {
  value: AttributeValue;
  /** The map that `value` will be made of. */
  map: Map<string, AttributeValue> | null;
}

/** Reads the fields of OTLP's protobuf messages, by their numbers. */
export class ProtobufFields {
  readonly wire: ProtobufReader;
  readonly meter: Meter;

  constructor(wire: ProtobufReader, meter: Meter) {
    this.wire = wire;
    this.meter = meter;
  }

  /** A text without NUL, which a database refuses. */
  text(): string {
    return cleanText(this.wire.string());
  }

  pending(): PendingValue {
    return { value: null, map: null };
  }

  settled({ value, map }: PendingValue): AttributeValue {
    return map ? Object.fromEntries(map) : value;
  }

  /** One entry of a record's attributes, the `count`-th. */
  attribute(attributes: Map<string, AttributeValue>, count: number): void {
    this.meter.enter('attributes');
    this.meter.list(count);
    this.#keyValue(attributes);
    this.meter.leave();
  }

  /** A resource, of which the attributes matter. */
  attributesMessage(attributes: Map<string, AttributeValue>): void {
    const { wire } = this;
    const end = wire.message();
    for (let count = 0; wire.isWithin(end);) {
      const number = wire.field();
      if (number === 1) this.attribute(attributes, (count += 1));
      else wire.skip(number);
    }
    wire.leave();
  }

  /** A scope, of which the name matters; the one that is known is kept where it has none. */
  scopeName(known: string): string {
    const { wire } = this;
    const unread = new Map<string, AttributeValue>();
    let name = known;
    const end = wire.message();
    for (let count = 0; wire.isWithin(end);) {
      const number = wire.field();
      if (number === 1) name = this.text();
      else if (number === 2) wire.string();
      else if (number === 3) this.attribute(unread, (count += 1));
      else wire.skip(number);
    }
    wire.leave();
    return name;
  }

  event(index: number): WireEvent {
    const { wire, meter } = this;
    meter.enter('events');
    meter.item(index);
    meter.count('events');
    meter.list(index + 1);
    const attributes = new Map<string, AttributeValue>();
    const event: WireEvent = { name: '', time: 0n, attributes };
    const end = wire.message();
    for (let count = 0; wire.isWithin(end);) {
      const number = wire.field();
      if (number === 1) event.time = wire.fixed64();
      else if (number === 2) event.name = this.text();
      else if (number === 3) this.attribute(attributes, (count += 1));
      else wire.skip(number);
    }
    wire.leave();
    meter.leave();
    return event;
  }

  /** Links are not read, but there may not be too many. */
  skipLink(count: number): void {
    this.meter.enter('links');
    this.meter.count('links');
    this.meter.list(count);
    this.wire.skip(13);
    this.meter.leave();
  }

  status(status: WireSpan['status']): void {
    const { wire } = this;
    const end = wire.message();
    while (wire.isWithin(end)) {
      const number = wire.field();
      if (number === 2) status.message = this.text();
      else if (number === 3) status.code = wire.int32();
      else wire.skip(number);
    }
    wire.leave();
  }

  /** A log record's body. */
  body(body: PendingValue): void {
    this.meter.enter('body');
    this.meter.count('values');
    this.#value(body);
    this.meter.leave();
  }

  /** A sum, of which the points matter. */
  sum(points: WirePoint[]): void {
    const { wire } = this;
    const end = wire.message();
    while (wire.isWithin(end)) {
      const number = wire.field();
      if (number === 1) points.push(this.#point(points.length));
      else wire.skip(number);
    }
    wire.leave();
  }

  #point(index: number): WirePoint {
    const { wire, meter } = this;
    meter.enter('dataPoints');
    meter.item(index);
    meter.count('events');
    meter.list(index + 1);
    const attributes = new Map<string, AttributeValue>();
    const point: WirePoint = { start: 0n, time: 0n, attributes };
    const end = wire.message();
    for (let count = 0; wire.isWithin(end);) {
      const number = wire.field();
      if (number === 2) point.start = wire.fixed64();
      else if (number === 3) point.time = wire.fixed64();
      else if (number === 7) this.attribute(attributes, (count += 1));
      else wire.skip(number);
    }
    wire.leave();
    meter.leave();
    return point;
  }

  #keyValue(into: Map<string, AttributeValue>): void {
    const { wire } = this;
    this.meter.count('values');
    let key = '';
    const pending = this.pending();
    const end = wire.message();
    while (wire.isWithin(end)) {
      const number = wire.field();
      if (number === 1) key = this.text();
      else if (number === 2) this.#value(pending);
      else wire.skip(number);
    }
    wire.leave();
    into.set(key, this.settled(pending));
  }

  #value(pending: PendingValue): void {
    const { wire } = this;
    const end = wire.message();
    while (wire.isWithin(end)) {
      const number = wire.field();
      switch (number) {
        case 1:
          set(pending, this.text());
          break;
        case 2:
          set(pending, wire.bool());
          break;
        case 3:
          set(pending, wire.int64());
          break;
        case 4: {
          const double = wire.double();
          set(pending, Number.isFinite(double) ? double : null);
          break;
        }
        case 5:
          this.#array(pending);
          break;
        case 6:
          this.#map(pending);
          break;
        case 7:
          set(pending, wire.bytes('base64'));
          break;
        default:
          wire.skip(number);
      }
    }
    wire.leave();
  }

  #array(pending: PendingValue): void {
    const { wire } = this;
    const values = Array.isArray(pending.value) ? pending.value : [];
    const end = wire.message();
    while (wire.isWithin(end)) {
      const number = wire.field();
      if (number === 1) {
        this.meter.count('values');
        const inner = this.pending();
        this.#value(inner);
        values.push(this.settled(inner));
      } else wire.skip(number);
    }
    wire.leave();
    set(pending, values);
  }

  #map(pending: PendingValue): void {
    const { wire } = this;
    const map = pending.map ?? new Map<string, AttributeValue>();
    const end = wire.message();
    while (wire.isWithin(end)) {
      const number = wire.field();
      if (number === 1) this.#keyValue(map);
      else wire.skip(number);
    }
    wire.leave();
    pending.value = null;
    pending.map = map;
  }
}

function set(pending: PendingValue, value: AttributeValue): void {
  pending.value = value;
  pending.map = null;
}
