import { badRequest, fieldError, written } from '../contract/index.ts';
import { PeriodError } from '../store/time/period.ts';

/**
 * Runs `work`; a period that makes no sense becomes a 400 that names the parameter.
 * @param pointer where in the body it is; left out: it is in the query
 */
export async function withPeriod<T>(work: () => T | Promise<T>, pointer?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PeriodError)) throw error;
    const { parameter, code, message: expected, value } = error;
    const fault = { code, expected, ...(value !== undefined && { given: written(value) }) };
    throw badRequest([
      pointer === undefined
        ? fieldError('query', { path: parameter, ...fault })
        : fieldError('body', { path: pointer + parameter, ...fault }),
    ]);
  }
}
