import type { OtlpType } from './decode.ts';

/** What of a request was not taken in. */
export interface Rejected {
  /** Records left out; 0 with messages: all were taken in, with warnings. */
  count: number;
  messages: string[];
}

const COUNT_NAMES = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
} as const;

/** The body of the answer to an OTLP request, in the request's own type. */
export function encodeResponse(
  signal: keyof typeof COUNT_NAMES,
  type: OtlpType,
  { count, messages }: Rejected,
): Uint8Array<ArrayBuffer> {
  const partial = count > 0 || messages.length > 0;
  const errorMessage = messages.join('; ');
  if (type === 'protobuf') {
    return partial ? field(1, partialSuccessBytes(count, errorMessage)) : new Uint8Array();
  }
  // 64-bit integers are strings in protobuf's JSON mapping.
  const partialSuccess = { [COUNT_NAMES[signal]]: String(count), errorMessage };
  return new TextEncoder().encode(JSON.stringify(partial ? { partialSuccess } : {}));
}

/** The message of `partialSuccess`; what has its default is left out, as protobuf does. */
function partialSuccessBytes(count: number, errorMessage: string): Uint8Array {
  const rejected = count > 0 ? [0x08, ...varint(count)] : [];
  const message = new TextEncoder().encode(errorMessage);
  return Buffer.concat([Buffer.from(rejected), message.length > 0 ? field(2, message) : EMPTY]);
}

const EMPTY = new Uint8Array();

/** A length-delimited field. */
function field(number: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array([(number << 3) | 2, ...varint(bytes.length), ...bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}
