import type { Meter } from './limits.ts';
import { DecodeError } from './model.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const GROUP = 3;
const GROUP_END = 4;
const FIXED32 = 5;

const TWO_TO_32 = 2 ** 32;

/**
 * Reads protobuf's wire format field by field. As permissive as the decoders that clients use: a
 * known field is read by its own type, unknown fields and groups are skipped. Stricter in one thing:
 * what is in a message ends within it.
 *
 * A message is read as `for (const end = wire.message(); wire.isWithin(end); ) switch (wire.field())`,
 * and left with `wire.leave()`.
 */
export class ProtobufReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #meter: Meter;
  #pos = 0;
  #depth = 0;
  /** Where the messages end that are being read, the outermost first. */
  readonly #ends: number[] = [];
  /** How the field that was read last is encoded. */
  #wireType = VARINT;
  #low = 0;
  #high = 0;

  constructor(body: Uint8Array, meter: Meter) {
    const { buffer, byteOffset, byteLength } = body;
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
    this.#view = new DataView(buffer, byteOffset, byteLength);
    this.#meter = meter;
  }

  /** Enters the whole body; returns where it ends. */
  body(): number {
    this.#deeper();
    this.#ends.push(this.#bytes.length);
    return this.#bytes.length;
  }

  /** Enters a message; returns where it ends. */
  message(): number {
    this.#deeper();
    const end = this.uint32() + this.#pos;
    this.#checkEnd(end);
    if (end > (this.#ends.at(-1) ?? 0)) throw this.fault(BEYOND);
    this.#ends.push(end);
    return end;
  }

  /** Leaves a message: its last field ended where it does. */
  leave(): void {
    this.#depth -= 1;
    if (this.#pos !== this.#ends.pop()) throw this.fault(BEYOND);
  }

  isWithin(end: number): boolean {
    return this.#pos < end;
  }

  /** The number of the next field. */
  field(): number {
    this.#meter.node();
    const start = this.#pos;
    const tag = this.uint32();
    const length = this.#pos - start;
    if (length > 5 || (length === 5 && (this.#bytes[this.#pos - 1] ?? 0) > 0x0f)) {
      throw this.fault('a field has a number that is too large');
    }
    this.#wireType = tag & 7;
    if (tag < 8 || this.#wireType > FIXED32)
      throw this.fault('a field has no valid number or type');
    return tag >>> 3;
  }

  /** Reads past the field whose number was read last. */
  skip(number: number): void {
    switch (this.#wireType) {
      case VARINT:
        while ((this.#bytes[this.#pos] ?? 0) >= 0x80) this.#pos += 1;
        return void this.#forward(1);
      case FIXED64:
        return void this.#forward(8);
      case LENGTH_DELIMITED:
        return void this.#forward(this.uint32());
      case GROUP:
        return void this.#skipGroup(number);
      case GROUP_END:
        throw this.fault('a group ends without a start');
      case FIXED32:
        return void this.#forward(4);
    }
  }

  /** At most ten bytes, of which the first 32 bits count. */
  uint32(): number {
    let byte = this.#byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = this.#byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    byte = this.#byte();
    value |= (byte & 0x0f) << 28;
    for (let more = 5; byte >= 0x80 && more < 10; more++) byte = this.#byte();
    if (byte >= 0x80) throw this.fault('an integer is too long');
    return value >>> 0;
  }

  int32(): number {
    return this.uint32() | 0;
  }

  /** A number where it is exact, else its decimal string. */
  int64(): number | string {
    this.#varint64();
    const number = this.#high * TWO_TO_32 + this.#low;
    if (Number.isSafeInteger(number)) return number;
    return String((BigInt(this.#high) << 32n) | BigInt(this.#low));
  }

  bool(): boolean {
    this.#varint64();
    return this.#low !== 0 || this.#high !== 0;
  }

  fixed64(): bigint {
    const at = this.#pos;
    this.#forward(8);
    return this.#view.getBigUint64(at, true);
  }

  double(): number {
    const at = this.#pos;
    this.#forward(8);
    return this.#view.getFloat64(at, true);
  }

  /** Text; bad UTF-8 becomes U+FFFD: clients cut texts within a character. */
  string(): string {
    const length = this.uint32();
    const start = this.#pos;
    this.#meter.text(length);
    this.#forward(length);
    if (length > SHORT) return this.#bytes.toString('utf8', start, this.#pos);
    let text = '';
    for (let at = start; at < this.#pos; at++) {
      const byte = this.#bytes[at] ?? 0;
      if (byte >= 0x80) return this.#bytes.toString('utf8', start, this.#pos);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  bytes(encoding: 'hex' | 'base64'): string {
    const length = this.uint32();
    const start = this.#pos;
    this.#meter.text(length);
    this.#forward(length);
    return this.#bytes.toString(encoding, start, this.#pos);
  }

  fault(what: string): DecodeError {
    const { at } = this.#meter;
    return new DecodeError(`${what} at byte ${this.#pos}${at === '' ? '' : `, in ${at}`}`);
  }

  #varint64(): void {
    let [low, high] = [0, 0];
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high | 0;
        return;
      }
    }
    throw this.fault('an integer is too long');
  }

  #skipGroup(number: number): void {
    this.#deeper();
    for (;;) {
      const inner = this.field();
      if (this.#wireType === GROUP_END) {
        if (inner !== number) throw this.fault('a group ends without a start');
        break;
      }
      this.skip(inner);
    }
    this.#depth -= 1;
  }

  #deeper(): void {
    this.#depth += 1;
    const { messages } = this.#meter.limits;
    if (this.#depth > messages) {
      throw this.#meter.exceeded(`is nested more than ${messages} messages deep`);
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#pos];
    if (byte === undefined) throw this.fault('unexpected end of data');
    this.#pos += 1;
    return byte;
  }

  #forward(length: number): void {
    this.#checkEnd(this.#pos + length);
    this.#pos += length;
  }

  #checkEnd(end: number): void {
    if (end > this.#bytes.length) throw this.fault('unexpected end of data');
  }
}

const BEYOND = 'a field extends past the end of its message';

/** Bytes of a text up to which it is put together here: calling out costs more. */
const SHORT = 24;
