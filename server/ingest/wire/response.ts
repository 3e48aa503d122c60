import { create, toBinary } from '@bufbuild/protobuf';
import type { OtlpType } from './decode.ts';
import { ExportResponseSchema } from './generated/otlp_pb.ts';

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
    const partialSuccess = { rejected: BigInt(count), errorMessage };
    const message = create(ExportResponseSchema, partial ? { partialSuccess } : {});
    return toBinary(ExportResponseSchema, message);
  }
  // 64-bit integers are strings in protobuf's JSON mapping.
  const partialSuccess = { [COUNT_NAMES[signal]]: String(count), errorMessage };
  return new TextEncoder().encode(JSON.stringify(partial ? { partialSuccess } : {}));
}
