/** The answers of a batch, line by line. */
import { Problem, type Schemas } from '../../contract/index.ts';

export type BatchItem = Schemas['BatchRequest']['requests'][number];

/** Requests of one batch that run at once. */
const PARALLEL = 8;

const MIB = 1024 * 1024;

/** Bytes of one answer, and of all answers of a batch. */
const LIMITS = { one: 4 * MIB, all: 32 * MIB };

/** Headers of an answer that its line has. */
const HEADERS = [
  'content-type',
  'x-request-id',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'cloudbrain-version',
] as const;

export interface AnswerOptions {
  /** Sends one of the requests; what it throws ends the whole batch. */
  ask: (item: BatchItem, requestId: string) => Promise<Response>;
  /** The id of the batch; `req_1.3` is that of its fourth request. */
  requestId: string;
  /** The server's public address, where it knows it. */
  publicUrl?: string | undefined;
  limits?: typeof LIMITS;
}

/**
 * Each answer as a line of JSON as soon as it is ready. Nothing new is started while a line waits to
 * be taken, nor after the generator has returned.
 */
export async function* answerLines(
  requests: readonly BatchItem[],
  { ask, requestId, publicUrl, limits = LIMITS }: AnswerOptions,
): AsyncGenerator<string, void, undefined> {
  let left = limits.all;
  /** Whether an answer didn't fit with those before it: the rest isn't worth running. */
  let isFull = false;

  const lineOf = async (item: BatchItem, index: number): Promise<string> => {
    const id = `${requestId}.${index}`;
    const fail = (detail: string): string => {
      const problem = new Problem('answer_too_large', detail);
      const headers = { 'content-type': 'application/problem+json', 'x-request-id': id };
      const body = problem.toJSON(id, publicUrl);
      return written({ index, id: item.id, status: problem.status, headers }, JSON.stringify(body));
    };
    if (isFull) return fail(TOO_MUCH);
    const answer = await ask(item, id);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (bytes.length > limits.one) return fail(TOO_LARGE);
    isFull ||= bytes.length > left;
    if (bytes.length > left) return fail(TOO_MUCH);
    left -= bytes.length;
    const headers = Object.fromEntries(
      HEADERS.flatMap((name) => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value]];
      }),
    );
    return written({ index, id: item.id, status: answer.status, headers }, bytes.toString());
  };

  const running = new Map<number, Promise<{ index: number; line: string }>>();
  const waiting = requests.entries();
  const start = (): boolean => {
    const { value, done } = waiting.next();
    if (done) return false;
    const [index, item] = value;
    running.set(
      index,
      lineOf(item, index).then((line) => ({ index, line })),
    );
    return true;
  };
  do {
    while (running.size < PARALLEL && start());
    const { index, line } = await Promise.race(running.values());
    running.delete(index);
    yield line;
  } while (running.size > 0 || start());
}

const TOO_LARGE = 'The answer is over 4 MiB: send this request by itself.';
const TOO_MUCH = 'The answers of this batch are over 32 MiB: send this request in another one.';

type Head = Pick<Schemas['BatchAnswer'], 'index' | 'status' | 'headers'> & {
  id: string | undefined;
};

/** @param body JSON, which has line breaks between its values only, where a space does as well */
function written(head: Head, body: string): string {
  const text = body === '' ? 'null' : body.replaceAll('\n', ' ');
  return `${JSON.stringify(head).slice(0, -1)},"body":${text}}\n`;
}
