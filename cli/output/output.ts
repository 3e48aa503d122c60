import { once } from 'node:events';
import type { Page } from '@cloudbrain/sdk';
import { jsonLine } from './clean.ts';
import { paintFor, type Paint } from './paint.ts';
import { Progress } from './progress.ts';
import { table, type Column } from './table.ts';

export interface OutputOptions {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** For scripts: one JSON value a line. */
  json: boolean;
}

export interface ListOptions<Row> {
  columns: readonly Column<Row>[];
  /** How many at most; `Infinity` for all. */
  limit: number;
  /** What to say where there is none. */
  empty: string;
}

/** Where results go: tables for people or lines of JSON, and what is only said, on standard error. */
export class Output {
  readonly json: boolean;
  /** Styles what goes to standard output. */
  readonly paint: Paint;
  readonly #stdout: NodeJS.WriteStream;
  readonly #stderr: NodeJS.WriteStream;

  constructor({ stdout, stderr, json }: OutputOptions) {
    this.json = json;
    this.paint = paintFor(stdout);
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  /** How many characters a line may have; a pipe takes any number. */
  get width(): number {
    return this.#stdout.isTTY ? this.#stdout.columns : Infinity;
  }

  /** One result. */
  async show<T>(value: T, forPeople: (value: T) => string): Promise<void> {
    await this.line(this.json ? jsonLine(value) : forPeople(value));
  }

  /** A list, page by page: each entry at once as a line of JSON, or a table in the end. */
  async list<Row>(
    first: PromiseLike<Page<Row>>,
    { columns, limit, empty }: ListOptions<Row>,
  ): Promise<void> {
    const progress = this.progress('Reading');
    const rows: Row[] = [];
    let taken = 0;
    let hasMore: boolean;
    let page = await first;
    for (;;) {
      const entries = page.data.slice(0, limit - taken);
      taken += entries.length;
      hasMore = page.hasNext() || page.data.length > entries.length;
      if (this.json) for (const entry of entries) await this.line(jsonLine(entry));
      else rows.push(...entries);
      if (taken >= limit || !page.hasNext()) break;
      // Lines of JSON tell for themselves how far it is.
      if (!this.json) progress.show(taken);
      page = await page.next().finally(() => progress.end());
    }
    if (this.json) return;
    await this.table(columns, rows, empty);
    if (hasMore) this.aside(`There are more: --limit ${limit * 4}, or --all.`);
  }

  async table<Row>(columns: readonly Column<Row>[], rows: Row[], empty: string): Promise<void> {
    if (rows.length === 0) this.note(empty);
    else await this.line(table(columns, rows, { width: this.width, paint: this.paint }));
  }

  /** Writes to standard output, as fast as its reader reads. */
  async line(text: string): Promise<void> {
    if (!this.#stdout.write(`${text}\n`)) await once(this.#stdout, 'drain');
  }

  /** Says something that is no result, on standard error. */
  note(text: string): void {
    this.#stderr.write(`${text}\n`);
  }

  /** Says something that only who sits before a terminal wants to know. */
  aside(text: string): void {
    if (this.#stderr.isTTY) this.note(paintFor(this.#stderr)('dim', text));
  }

  progress(label: string): Progress {
    return new Progress(this.#stderr, label);
  }
}
