import { setTimeout as delay } from 'node:timers/promises';
import { patience } from './patience.ts';

/**
 * Asks again and again until the answer is not `null`, `undefined` or `false`.
 * @throws the last answer's description once `ms` are over
 */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  ms = patience(10_000),
): Promise<Exclude<T, null | undefined | false>> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) {
      return answer as Exclude<T, null | undefined | false>;
    }
    if (Date.now() > end) throw new Error(`It did not happen in ${ms} ms: ${what}`);
    await delay(10);
  }
}
