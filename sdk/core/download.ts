import { Call } from './call.ts';

/** A call that was made with `stream`, as a file: the answer itself, whose body its caller reads. */
export function asFile(call: Call<unknown>): Call<Response> {
  const answer = call.withResponse();
  return new Call(answer.then((whole) => ({ ...whole, data: whole.response })));
}
