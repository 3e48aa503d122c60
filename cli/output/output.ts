import { once } from 'node:events';
import type { Page } from '@cloudbrain/sdk';
import { jsonLine } from './clean.ts';
import { paintFor, type Paint } from './paint.ts';
import { Progress } from './progress.ts';
import { table, type Column } from './table.ts';

export interface OutputOptions {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** For scripts: one JSON value per line. */
  json: boolean;
  /** Prints notes that are for terminals otherwise. */
  verbose: boolean;
}

export type ListOptions<Row> = {
  /** How many at most; `Infinity` for all. */
  limit: number;
  /** The message for an empty list. */
  empty: string;
} & (
  | { columns: readonly Column<Row>[] }
  /** A text for each entry, where a row of a table is too little. */
  | { text: (row: Row) => string }
);

/** Results on standard output, as tables for people or lines of JSON; notes on standard error. */
export class Output {
  readonly json: boolean;
  /** Styles what goes to standard output. */
  readonly paint: Paint;
  readonly #verbose: boolean;
  readonly #stdout: NodeJS.WriteStream;
  readonly #stderr: NodeJS.WriteStream;

  constructor({ stdout, stderr, json, verbose }: OutputOptions) {
    this.json = json;
    this.#verbose = verbose;
    this.paint = paintFor(stdout);
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  /** The width of the terminal in characters; `Infinity` for a pipe or a terminal without a size. */
  get width(): number {
    return (this.#stdout.isTTY && this.#stdout.columns) || Infinity;
  }

  /** Whether a terminal shows what goes to standard output. */
  get isTerminal(): boolean {
    return this.#stdout.isTTY;
  }

  /** One result. */
  async show<T>(value: T, forPeople: (value: T) => string): Promise<void> {
    await this.line(this.json ? jsonLine(value) : forPeople(value));
  }

  /** A list, page by page: entries as they come, as lines of JSON or texts, or a table at the end. */
  async list<Row>(first: PromiseLike<Page<Row>>, options: ListOptions<Row>): Promise<void> {
    const { limit, empty } = options;
    const write = this.json ? jsonLine : 'text' in options && options.text;
    const progress = this.progress('Reading');
    const rows: Row[] = [];
    let taken = 0;
    let hasMore: boolean;
    let page = await first;
    for (;;) {
      const entries = page.data.slice(0, limit - taken);
      taken += entries.length;
      hasMore = page.hasNext() || page.data.length > entries.length;
      if (write) for (const entry of entries) await this.line(write(entry));
      else rows.push(...entries);
      if (taken >= limit || !page.hasNext()) break;
      // Entries that are written as they come are their own progress.
      if (!write) progress.show(taken);
      page = await page.next().finally(() => progress.end());
    }
    if (this.json) return;
    if ('columns' in options) await this.table(options.columns, rows, empty);
    else if (taken === 0) this.note(empty);
    if (hasMore) this.aside(`More are available: use --limit ${limit * 4} or --all.`);
  }

  async table<Row>(
    columns: readonly Column<Row>[],
    rows: readonly Row[],
    empty: string,
  ): Promise<void> {
    if (rows.length === 0) this.note(empty);
    else await this.line(table(columns, rows, { width: this.width, paint: this.paint }));
  }

  /** Writes a line to standard output. */
  line(text: string): Promise<void> {
    return this.write(`${text}\n`);
  }

  /** Writes to standard output, no faster than its reader reads. */
  async write(data: string | Uint8Array): Promise<void> {
    if (!this.#stdout.write(data)) await once(this.#stdout, 'drain');
  }

  /** Writes a line to standard error. */
  note(text: string): void {
    this.#stderr.write(`${text}\n`);
  }

  /** Writes a line to standard error if that is a terminal, or with --verbose. */
  aside(text: string): void {
    if (this.#stderr.isTTY || this.#verbose) this.note(paintFor(this.#stderr)('dim', text));
  }

  progress(label: string): Progress {
    return new Progress(this.#stderr, label);
  }
}
