import { badRequest } from '../contract/index.ts';
import { PeriodError } from '../store/period.ts';

/** Runs `work`; a period that makes no sense becomes a 400 that names the parameter. */
export async function withPeriod<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PeriodError)) throw error;
    throw badRequest([{ in: 'query', path: error.parameter, message: error.message }]);
  }
}
