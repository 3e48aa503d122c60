import { CsvError, parse } from 'csv-parse';
import { pipeline } from 'node:stream';
import { UsageError } from '../exit.ts';
import { CellFault, type Numbers } from './cells.ts';
import { type Header, type Kind, readHeader } from './kinds.ts';
import { dialectOf, sourceOf } from './source.ts';

/** What is wrong with a line. */
export interface LineFault {
  /** Where its record starts in the file, from 1. */
  line: number;
  column: string | null;
  message: string;
}

/** A record of a file, and what is wrong with it. */
export interface Line {
  kind: Kind;
  line: number;
  /** How many bytes of the file have been read. */
  bytes: number;
  record: Record<string, unknown>;
  faults: LineFault[];
}

export interface ReadOptions {
  /** What messages call the file. */
  name: string;
  kind?: Kind | undefined;
  /** Detected where it is left out. */
  delimiter?: string | undefined;
  numbers: Numbers;
  /** RFC 3339; for lines without a time of their own. */
  updatedAt: string;
  signal: AbortSignal;
}

export const NOT_SENT = 'Nothing was sent.';

/** Longer than any record, in characters: a quote that is not closed would take the whole file. */
const MAX_RECORD = 256 * 1024;

/**
 * The records of a CSV file, as they are read.
 * @throws UsageError for a file that isn't CSV, or whose header is not one of a known kind
 */
export async function* readCsv(file: string, options: ReadOptions): AsyncGenerator<Line> {
  const { name, kind, updatedAt, numbers, signal } = options;
  const dialect = await dialectOf(file, options.delimiter);
  const source = sourceOf(file, dialect, signal);
  const parser = parse({
    delimiter: dialect.delimiter,
    raw: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_RECORD,
  });
  // An error on either side ends the loop with it.
  const parsed = pipeline(source.stream, source.decode, parser, () => {});
  let header: Header | undefined;
  let ended = dialect.skip > 0 ? 1 : 0;
  try {
    for await (const { record: cells, raw } of parsed as AsyncIterable<Parsed>) {
      // The parser's own count is off after blank lines and records of several lines.
      const line = ended + 1 + breaksIn(raw.slice(0, raw.length - raw.trimStart().length));
      ended += breaksIn(raw);
      if (!header) {
        header = readHeader(cells, kind);
        continue;
      }
      const record = toRecord(cells, header, { line, updatedAt, numbers });
      yield { ...record, line, bytes: source.bytesRead };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UsageError(`${name} is not valid CSV: ${error.message}.`, NOT_SENT);
  }
  if (!header) throw new UsageError(`${name} is empty: it lacks a header row.`, NOT_SENT);
}

interface Parsed {
  record: string[];
  /** The record as it stands in the file, with blank lines before it. */
  raw: string;
}

const breaksIn = (text: string): number => text.match(/\r\n?|\n/g)?.length ?? 0;

function toRecord(
  cells: readonly string[],
  { kind, columns, otherwise }: Header,
  { line, updatedAt, numbers }: Pick<ReadOptions, 'updatedAt' | 'numbers'> & { line: number },
): Pick<Line, 'kind' | 'record' | 'faults'> {
  const faults: LineFault[] = [];
  const say = (column: string | null, message: string): void => {
    faults.push({ line, column, message });
  };
  const record: Record<string, unknown> = { updatedAt, ...otherwise };
  if (cells.length !== columns.length) {
    say(null, `has ${cells.length} cells where the header has ${columns.length}`);
    return { kind, record, faults };
  }
  for (const [index, { name, cells: column }] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (cell === '') {
      if (!column.mayBeEmpty) say(name, 'is empty');
      continue;
    }
    try {
      if (cell.includes('\ufffd')) throw new CellFault('is not UTF-8');
      record[name] = column.read(cell, numbers);
    } catch (error) {
      if (!(error instanceof CellFault)) throw error;
      say(name, `'${cell}' ${error.message}`);
    }
  }
  return { kind, record, faults };
}
