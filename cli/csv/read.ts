import { CsvError, type Info, parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { UsageError } from '../exit.ts';
import { CellFault } from './cells.ts';
import { type Header, type Kind, readHeader } from './kinds.ts';

/** What is wrong with a line. */
export interface LineFault {
  /** Where it begins in the file, from 1 on. */
  line: number;
  column: string | null;
  message: string;
}

/** A record of a file, or what is wrong with it. */
export interface Line {
  kind: Kind;
  line: number;
  /** How many bytes of the file are read. */
  bytes: number;
  record: Record<string, unknown>;
  faults: LineFault[];
}

export interface ReadOptions {
  kind?: Kind | undefined;
  /** RFC 3339; for lines without a time of their own. */
  updatedAt: string;
  signal: AbortSignal;
}

export const NOT_SENT = 'Nothing was sent.';

/** Longer than any record can be: a quote that is not closed would take the whole file. */
const MAX_RECORD = 256 * 1024;

/**
 * The records of a CSV file, as it is read.
 * @throws UsageError where it is no CSV, or its header tells of no records
 */
export async function* readCsv(file: string, options: ReadOptions): AsyncGenerator<Line> {
  const { kind, updatedAt, signal } = options;
  const parser = parse({
    bom: true,
    info: true,
    raw: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_RECORD,
  });
  // What breaks, here or there, breaks the loop.
  const parsed = pipeline(createReadStream(file, { signal }), parser, () => {});
  let header: Header | undefined;
  let ended = 0;
  try {
    for await (const { record: cells, info, raw } of parsed as AsyncIterable<Parsed>) {
      // It may go over lines, and blank ones may come before it: its own count of them is off.
      const line = ended + 1 + breaksIn(raw.slice(0, raw.length - raw.trimStart().length));
      ended += breaksIn(raw);
      if (!header) header = readHeader(cells, kind);
      else yield { ...toRecord(cells, header, { line, updatedAt }), line, bytes: info.bytes };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UsageError(`${file} is no CSV: ${error.message}.`, NOT_SENT);
  }
  if (!header) throw new UsageError(`${file} is empty: it has not even a header row.`, NOT_SENT);
}

interface Parsed {
  record: string[];
  info: Info;
  /** The record as it stands in the file, with blank lines before it. */
  raw: string;
}

const breaksIn = (text: string): number => text.match(/\r\n?|\n/g)?.length ?? 0;

function toRecord(
  cells: readonly string[],
  { kind, columns, otherwise }: Header,
  { line, updatedAt }: { line: number; updatedAt: string },
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
      if (cell.includes('\ufffd')) throw new CellFault('is not in UTF-8');
      record[name] = column.read(cell);
    } catch (error) {
      if (!(error instanceof CellFault)) throw error;
      say(name, `'${cell}' ${error.message}`);
    }
  }
  return { kind, record, faults };
}
