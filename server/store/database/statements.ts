/**
 * Counts and times the statements of this process, for databases that don't: by their text without
 * values, in bounded memory.
 */

/** What is known of statements that are alike. */
export interface StatementSums {
  /** Without values, each of which is a `?`. */
  query: string;
  calls: number;
  totalMs: number;
}

export interface StatementCounts {
  /** Reads and writes: all but what begins and ends transactions. */
  total: number;
  totalMs: number;
  /** Committed or rolled back. */
  transactions: number;
  rolledBack: number;
  since: Date;
  /** By the time that they took together. */
  slowest: StatementSums[];
}

/** Kinds of statements that are told apart. */
const KINDS = 500;
/** Characters of a statement that are looked at. */
const LENGTH = 10_000;
/** Texts whose kind is remembered, and how long each may be. */
const KNOWN = 2_000;

/** By itself: a text of several statements counts as one that reads or writes. */
const CONTROL =
  /^\s*(begin|start transaction|commit|rollback|savepoint|release|set transaction)\b[^;]*;?\s*$/i;
const COMMITS = /^\s*commit\b/i;
const ROLLS_BACK = /^\s*rollback(?!\s+to)\b/i;

export class StatementCounter {
  readonly #since = new Date();
  readonly #kinds = new Map<string, StatementSums>();
  readonly #known = new Map<string, string>();
  #total = 0;
  #totalMs = 0;
  #transactions = 0;
  #rolledBack = 0;

  /** @param text with its values as parameters, or in it */
  record(text: string, ms: number): void {
    if (CONTROL.test(text)) {
      const rollsBack = ROLLS_BACK.test(text);
      if (rollsBack) this.#rolledBack += 1;
      if (rollsBack || COMMITS.test(text)) this.#transactions += 1;
      return;
    }
    this.#total += 1;
    this.#totalMs += ms;
    const sums = this.#sumsOf(this.#kindOf(text));
    sums.calls += 1;
    sums.totalMs += ms;
  }

  /** @param most how many of the slowest */
  read(most: number): StatementCounts {
    const slowest = [...this.#kinds.values()]
      .sort((one, other) => other.totalMs - one.totalMs)
      .slice(0, most)
      .map((sums) => ({ ...sums }));
    return {
      total: this.#total,
      totalMs: this.#totalMs,
      transactions: this.#transactions,
      rolledBack: this.#rolledBack,
      since: this.#since,
      slowest,
    };
  }

  /** The text without values: found once for texts that come often. */
  #kindOf(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const kind = withoutValues(text);
    if (text.length <= LENGTH) {
      if (this.#known.size >= KNOWN) this.#known.clear();
      this.#known.set(text, kind);
    }
    return kind;
  }

  #sumsOf(kind: string): StatementSums {
    const found = this.#kinds.get(kind);
    if (found) return found;
    // Who took least makes room: what is slow, or comes often, stays.
    if (this.#kinds.size >= KINDS) this.#kinds.delete(this.#least());
    const sums = { query: kind, calls: 0, totalMs: 0 };
    this.#kinds.set(kind, sums);
    return sums;
  }

  #least(): string {
    let least: StatementSums | undefined;
    for (const sums of this.#kinds.values()) {
      if (!least || sums.totalMs < least.totalMs) least = sums;
    }
    return least?.query ?? '';
  }
}

/**
 * Tokens of PostgreSQL's SQL: comments, space, quoted names, names, and the values. What isn't
 * closed reaches to the end.
 */
const TOKENS =
  /(?<space>--[^\n]*|\/\*[^]*?(?:\*\/|$)|\s+)|(?<name>"(?:[^"]|"")*(?:"|$))|(?<value>[eE]'(?:[^'\\]|''|\\[^])*(?:'|\\?$)|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$)|\$(?<tag>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[^]*?(?:\$\k<tag>\$|$)|\$\d+|0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?|\.\d)[\d_]*(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|[^]/g;

/** `select * from a where b in (?, …)`, whatever the values and however many. */
export function withoutValues(text: string): string {
  const plain = text
    .slice(0, LENGTH)
    .replace(TOKENS, (token: string, ...groups: unknown[]) => {
      const { space, value } = groups.at(-1) as Record<string, string | undefined>;
      if (space !== undefined) return ' ';
      return value === undefined ? token : '?';
    })
    .trim()
    .replaceAll(/ {2,}/g, ' ');
  return plain
    .replaceAll(/\?(?:\s*,\s*\?)+/g, '?, …')
    .replaceAll(/(\(\?(?:, …)?\))(?:\s*,\s*\(\?(?:, …)?\))+/g, '$1, …');
}
