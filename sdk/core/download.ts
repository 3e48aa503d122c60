import { Call } from './call.ts';

/**
 * A call that was made with `stream`, as a file: the answer itself, whose body its caller reads. What
 * befalls the body from there on is the platform's to tell: it may be longer than any time-out.
 */
export function asFile(call: Call<unknown>): Call<Response> {
  const answer = call.withResponse();
  return new Call(answer.then((whole) => ({ ...whole, data: whole.response })));
}
