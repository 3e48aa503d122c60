import { cleanText } from './clean-text.ts';
import type { Meter } from './limits.ts';
import { type AttributeValue, DecodeError } from './model.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const ARRAY_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/** Generic values deeper than this are `null`: deeper ones than any client sends. */
const MAX_DEPTH = 40;

/**
 * A place in the text, and where the next backslash and the next control character after it are as
 * far as is known: to look for them again at each place would take quadratic time.
 */
interface Position {
  pos: number;
  backslash: number;
  control: number;
}

/**
 * Reads JSON piece by piece, so that whoever reads decides what is built and what is skipped, and
 * limits hold before memory is spent. Takes and refuses exactly what `JSON.parse` does.
 *
 * An array is read as `for (let more = json.array(); more; more = json.moreOfArray())`, an object
 * alike with a `json.key()` before each value.
 */
export class JsonReader {
  readonly #text: string;
  readonly #meter: Meter;
  #pos = 0;
  #level = 0;
  /** Where the next backslash and the next control character are, from the last place looked at. */
  #backslash = -1;
  #control = -1;
  /** Whether the last string had escapes: only then it may hold what has to be cleaned. */
  #escaped = false;

  /** @param text of which no UTF-16 is broken, as decoders leave it */
  constructor(text: string, meter: Meter) {
    this.#text = text;
    this.#meter = meter;
  }

  /** Where the next value starts; with `goTo`, to read it again. */
  get position(): Position {
    return { pos: this.#pos, backslash: this.#backslash, control: this.#control };
  }

  goTo({ pos, backslash, control }: Position): void {
    this.#pos = pos;
    this.#backslash = backslash;
    this.#control = control;
  }

  get isObject(): boolean {
    return this.#peek() === OBJECT;
  }

  get isArray(): boolean {
    return this.#peek() === ARRAY;
  }

  get isString(): boolean {
    return this.#peek() === QUOTE;
  }

  get isNull(): boolean {
    return this.#peek() === 0x6e;
  }

  /** Enters an object; `false` where it is empty, and left already. */
  object(): boolean {
    return this.#enter(OBJECT, OBJECT_END, "'{'");
  }

  /** After a value in an object: whether another key follows. Leaves the object where none does. */
  moreOfObject(): boolean {
    return this.#more(OBJECT_END, "',' or '}'");
  }

  array(): boolean {
    return this.#enter(ARRAY, ARRAY_END, "'['");
  }

  moreOfArray(): boolean {
    return this.#more(ARRAY_END, "',' or ']'");
  }

  /** The next key of an object, as it was sent. */
  key(): string {
    if (this.#peek() !== QUOTE) throw this.fault('a key in double quotes');
    const key = this.#string();
    if (this.#peek() !== COLON) throw this.fault("':'");
    this.#pos += 1;
    return key;
  }

  /** A string as it was sent; `undefined` for any other value, which is skipped. */
  string(): string | undefined {
    if (this.#peek() === QUOTE) {
      this.#meter.node();
      return this.#string();
    }
    this.skip();
    return undefined;
  }

  /** A string without what a database refuses; `undefined` for any other value. */
  cleanString(): string | undefined {
    const text = this.string();
    return text !== undefined && this.#escaped ? cleanText(text) : text;
  }

  /** A number, or a string as it was sent; `undefined` for any other value, which is skipped. */
  numberOrString(): number | string | undefined {
    const code = this.#peek();
    if (code === QUOTE) return this.string();
    if (isNumberStart(code)) {
      this.#meter.node();
      return this.#number();
    }
    this.skip();
    return undefined;
  }

  /**
   * Any value, with clean strings and keys; `null` for what is nested beyond 40 levels. Each array
   * and object counts as a value.
   */
  value(depth = 0): AttributeValue {
    const code = this.#peek();
    if (code === QUOTE) return this.cleanString() ?? null;
    if (isNumberStart(code)) {
      this.#meter.node();
      const number = this.#number();
      return Number.isFinite(number) ? number : null;
    }
    if (code === ARRAY && depth < MAX_DEPTH) return this.#arrayValue(depth);
    if (code === OBJECT && depth < MAX_DEPTH) return this.#objectValue(depth);
    const isTrue = code === 0x74;
    const isFalse = code === 0x66;
    this.skip();
    return isTrue ? true : isFalse ? false : null;
  }

  /** Reads past a value, whatever it is. */
  skip(): void {
    const code = this.#peek();
    if (code === QUOTE) {
      this.#meter.node();
      this.#pos = this.#stringEnd() + 1;
    } else if (code === OBJECT) {
      for (let more = this.object(); more; more = this.moreOfObject()) {
        this.key();
        this.skip();
      }
    } else if (code === ARRAY) {
      for (let more = this.array(); more; more = this.moreOfArray()) this.skip();
    } else {
      this.#meter.node();
      if (isNumberStart(code)) this.#numberEnd();
      else if (code === 0x74) this.#word('true');
      else if (code === 0x66) this.#word('false');
      else if (code === 0x6e) this.#word('null');
      else throw this.fault('a value');
    }
  }

  /** Holds the reader to have read everything. */
  end(): void {
    if (!Number.isNaN(this.#peek())) throw this.fault('nothing more');
  }

  /** @param expected what should be where the reader is */
  fault(expected: string): DecodeError {
    const { at } = this.#meter;
    const place = this.#pos < this.#text.length ? `at character ${this.#pos}` : 'at its end';
    const where = at === '' ? place : `${place}, in ${at}`;
    return new DecodeError(`The body is not JSON: ${expected} was expected ${where}`);
  }

  /** The next character that is no white space, `NaN` at the end. */
  #peek(): number {
    const code = this.#text.charCodeAt(this.#pos);
    return code > 0x20 ? code : this.#pastSpace();
  }

  #pastSpace(): number {
    const text = this.#text;
    const start = this.#pos;
    let pos = start;
    let code = text.charCodeAt(pos);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      pos += 1;
      code = text.charCodeAt(pos);
    }
    this.#pos = pos;
    if (pos - start > this.#meter.limits.space) {
      throw this.#meter.exceeded(
        `has more than ${this.#meter.limits.space} characters of white space in one place`,
      );
    }
    return code;
  }

  #enter(open: number, close: number, expected: string): boolean {
    if (this.#peek() !== open) throw this.fault(expected);
    this.#meter.node();
    this.#pos += 1;
    if (this.#peek() === close) {
      this.#pos += 1;
      return false;
    }
    this.#level += 1;
    if (this.#level > this.#meter.limits.levels) {
      throw this.#meter.exceeded(`is nested more than ${this.#meter.limits.levels} levels deep`);
    }
    return true;
  }

  #more(close: number, expected: string): boolean {
    const code = this.#peek();
    if (code !== COMMA && code !== close) throw this.fault(expected);
    this.#pos += 1;
    if (code === COMMA) return true;
    this.#level -= 1;
    return false;
  }

  #arrayValue(depth: number): AttributeValue[] {
    this.#meter.count('values');
    const values: AttributeValue[] = [];
    for (let more = this.array(); more; more = this.moreOfArray()) {
      values.push(this.value(depth + 1));
    }
    return values;
  }

  #objectValue(depth: number): Record<string, AttributeValue> {
    this.#meter.count('values');
    const entries: [string, AttributeValue][] = [];
    for (let more = this.object(); more; more = this.moreOfObject()) {
      const key = this.key();
      entries.push([this.#escaped ? cleanText(key) : key, this.value(depth + 1)]);
    }
    // A key such as `__proto__` is one like others.
    return Object.fromEntries(entries);
  }

  #string(): string {
    const start = this.#pos;
    const end = this.#stringEnd();
    this.#pos = end + 1;
    if (!this.#escaped) return this.#text.slice(start + 1, end);
    return JSON.parse(this.#text.slice(start, end + 1)) as string;
  }

  /** Where the string that starts here ends: its closing quote. */
  #stringEnd(): number {
    const text = this.#text;
    const start = this.#pos + 1;
    const end = text.indexOf('"', start);
    if (end === -1) return this.#unfinished();
    if (this.#backslash < start) this.#backslash = placeOf(text.indexOf('\\', start));
    if (this.#backslash < end) return this.#escapedEnd(this.#backslash);
    this.#escaped = false;
    this.#checkControl(start, end);
    this.#meter.text(end - start);
    return end;
  }

  /** As `#stringEnd`, of a string whose first escape is at `first`. */
  #escapedEnd(first: number): number {
    const text = this.#text;
    const start = this.#pos + 1;
    let pos = first;
    for (;;) {
      const code = text.charCodeAt(pos);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        ESCAPE.lastIndex = pos;
        if (!isShortEscape(text.charCodeAt(pos + 1)) && !ESCAPE.test(text)) {
          this.#pos = pos;
          throw this.fault('an escape such as \\n or \\u00e9');
        }
        pos += 2;
      } else {
        if (Number.isNaN(code)) return this.#unfinished();
        pos += 1;
      }
    }
    this.#escaped = true;
    this.#checkControl(start, pos);
    this.#meter.text(pos - start);
    return pos;
  }

  #unfinished(): never {
    this.#pos = this.#text.length;
    throw this.fault('the end of a string');
  }

  #checkControl(start: number, end: number): void {
    if (this.#control < start) {
      CONTROL.lastIndex = start;
      this.#control = CONTROL.test(this.#text) ? CONTROL.lastIndex - 1 : Infinity;
    }
    if (this.#control < end) {
      this.#pos = this.#control;
      throw this.fault('a string without control characters');
    }
  }

  #number(): number {
    const start = this.#pos;
    this.#numberEnd();
    return Number(this.#text.slice(start, this.#pos));
  }

  #numberEnd(): void {
    const start = this.#pos;
    NUMBER.lastIndex = start;
    if (!NUMBER.test(this.#text)) throw this.fault('a number');
    this.#pos = NUMBER.lastIndex;
    if (this.#pos - start > this.#meter.limits.number) {
      throw this.#meter.exceeded(
        `has a number of more than ${this.#meter.limits.number} characters`,
      );
    }
  }

  #word(word: string): void {
    if (!this.#text.startsWith(word, this.#pos)) throw this.fault('a value');
    this.#pos += word.length;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\u[\da-fA-F]{4}/y;
// What `JSON.parse` refuses within strings: anything below a space.
const CONTROL = /[^ -\uFFFF]/g;

const isNumberStart = (code: number): boolean => code === MINUS || (code >= 0x30 && code <= 0x39);

/** Of `\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r` and `\t`. */
function isShortEscape(code: number): boolean {
  switch (code) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    default:
      return false;
  }
}

const placeOf = (index: number): number => (index === -1 ? Infinity : index);
