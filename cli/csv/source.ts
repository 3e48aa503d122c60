import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** How a file is written. */
export interface Dialect {
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  /** One character. */
  delimiter: string;
  /** The length of a first line `sep=;`, which Excel writes and reads; 0 without one. */
  skip: number;
}

/** The delimiters that are detected. */
const DELIMITERS = [',', ';', '\t'];

/** The most of a file that is looked at to find its dialect, in bytes; its header is far shorter. */
const SAMPLE = 64 * 1024;

/**
 * Finds out how a file is written: its encoding by its first bytes, and its delimiter by a line
 * `sep=;`, else by the header.
 * @param delimiter what separates the cells, where that is known
 */
export async function dialectOf(file: string, delimiter?: string): Promise<Dialect> {
  const handle = await open(file);
  let bytes: Buffer;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE), 0, SAMPLE, 0);
    bytes = buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
  const encoding = encodingOf(bytes);
  const sample = new TextDecoder(encoding).decode(bytes);
  const [line = '', named] = /^"?sep=(.)"?[ \t]*(?:\r\n?|\n)/i.exec(sample) ?? [];
  return {
    encoding,
    delimiter: delimiter ?? named ?? delimiterIn(sample.slice(line.length)),
    skip: line.length,
  };
}

/** The first character of a header is ASCII, so a zero beside it is half of a UTF-16 character. */
function encodingOf([first, second]: Uint8Array): Dialect['encoding'] {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}

/** The one that the header has most of; a comma where it has none. */
function delimiterIn(text: string): string {
  const unquoted = text.trimStart().replaceAll(/"[^"]*"/g, '');
  const [header = ''] = unquoted.split(/[\r\n]/, 1);
  const timesOf = (delimiter: string): number => header.split(delimiter).length - 1;
  return DELIMITERS.reduce((most, each) => (timesOf(each) > timesOf(most) ? each : most));
}

/** The text of a file, and the number of its bytes that have been read. */
export interface Source {
  stream: Readable;
  decode: (chunks: AsyncIterable<Uint8Array>) => AsyncGenerator<string>;
  readonly bytesRead: number;
}

export function sourceOf(file: string, { encoding, skip }: Dialect, signal: AbortSignal): Source {
  const stream = createReadStream(file, { signal });
  return {
    stream,
    async *decode(chunks) {
      // It also drops a byte order mark.
      const decoder = new TextDecoder(encoding);
      let left = skip;
      const rest = (text: string): string => {
        const dropped = Math.min(left, text.length);
        left -= dropped;
        return text.slice(dropped);
      };
      for await (const chunk of chunks) yield rest(decoder.decode(chunk, { stream: true }));
      yield rest(decoder.decode());
    },
    get bytesRead() {
      return stream.bytesRead;
    },
  };
}
