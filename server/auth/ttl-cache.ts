interface Entry<T> {
  value: Promise<T | undefined>;
  until: number;
}

/**
 * Remembers for a moment what was just looked up: a page's ten requests ask the database once
 * who is asking. What isn't there is not remembered, so that what is new works at once.
 */
export class TtlCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #now: () => Date;
  readonly #ms: number;
  readonly #size: number;

  constructor(now: () => Date, ms = 5_000, size = 10_000) {
    this.#now = now;
    this.#ms = ms;
    this.#size = size;
  }

  async get(key: string, look: () => Promise<T | undefined>): Promise<T | undefined> {
    const now = this.#now().getTime();
    const known = this.#entries.get(key);
    if (known && known.until > now) return known.value;
    const entry = { value: look(), until: now + this.#ms };
    // Put in again, so that the first of the map is the oldest.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#size) this.#forgetOldest();
    try {
      const value = await entry.value;
      if (value === undefined) this.#forget(key, entry);
      return value;
    } catch (error) {
      this.#forget(key, entry);
      throw error;
    }
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  #forget(key: string, entry: Entry<T>): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  #forgetOldest(): void {
    const { value: oldest } = this.#entries.keys().next();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
