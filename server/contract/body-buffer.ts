const FIRST_BYTES = 16_384;

/**
 * Collects a body's chunks. They are copied, as a chunk may be one byte of a buffer of its own:
 * millions of those would take many times the memory of what is in them.
 */
export class BodyBuffer {
  readonly #limit: number;
  #bytes = new Uint8Array(0);
  #length = 0;

  /** @param limit bytes that a body may have */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns whether the body is still within the limit */
  add(chunk: Uint8Array): boolean {
    const length = this.#length + chunk.byteLength;
    if (length > this.#limit) return false;
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(chunk, this.#length);
    this.#length = length;
    return true;
  }

  /** All of it, in a buffer of its own. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#length);
  }

  #grow(length: number): void {
    const capacity = Math.min(this.#limit, Math.max(length, FIRST_BYTES, this.#bytes.length * 2));
    const grown = new Uint8Array(capacity);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
