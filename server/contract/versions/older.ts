/** Answers in the shape of an older version, made of those of today. */
import { fieldError, type FieldError } from '../field-error.ts';
import { unknownParameter } from '../parameters.ts';
import { badRequest } from '../problem.ts';
import type { AnyRequest, AnyResult } from '../types.ts';

/** The parameters of a request, by name, as today's contract has them. */
export type Query = Readonly<Record<string, unknown>>;

/** What an older version has differently of an operation. */
export interface OlderOperation {
  /** Today's query parameters that it doesn't have. */
  without: readonly string[];
  /** Its page size: the default, and the largest. */
  limit?: { default: number; maximum: number } | undefined;
  /** Today's requests that its answer is made of. */
  requests: (query: Query) => readonly Query[];
  /** Its answer, made of today's answers to these requests. */
  answer: (bodies: readonly unknown[]) => object;
}

/** An operation whose answer is made of one of today's. */
export const older = <Body>(
  answer: (body: Body) => object,
  { without = [], limit }: Partial<Pick<OlderOperation, 'without' | 'limit'>> = {},
): OlderOperation => ({
  without,
  limit,
  requests: (query) => [query],
  answer: ([body]) => answer(body as Body),
});

/**
 * The query of an older version as one of today's.
 * @throws Problem 400
 */
export function todaysQuery(
  { without, limit }: OlderOperation,
  given: URLSearchParams,
): URLSearchParams {
  const errors: FieldError[] = without
    .filter((name) => given.has(name))
    .map((name) => fieldError('query', unknownParameter(name)));
  const [size, ...more] = given.getAll('limit');
  if (limit && more.length === 0 && /^\d+$/.test(size ?? '') && Number(size) > limit.maximum) {
    const expected = `must be at most ${limit.maximum}`;
    const fault = {
      path: 'limit',
      code: 'too_large',
      expected,
      given: String(Number(size)),
    } as const;
    errors.push(fieldError('query', fault));
  }
  if (errors.length > 0) throw badRequest(errors);
  if (!limit || size !== undefined) return given;
  return new URLSearchParams([...given, ['limit', String(limit.default)]]);
}

/** Runs today's handler of an operation, and answers as the older version does. */
export async function answerAsOlder(
  { requests, answer }: OlderOperation,
  params: AnyRequest['params'],
  handle: (params: AnyRequest['params']) => Promise<AnyResult>,
): Promise<AnyResult> {
  const bodies: unknown[] = [];
  for (const query of requests(params.query)) {
    // A list is always JSON.
    const { body } = (await handle({ ...params, query })) as { body: unknown };
    bodies.push(body);
  }
  return { status: 200, body: answer(bodies) };
}
