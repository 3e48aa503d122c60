/** Versions of the API: a client pins one, and keeps the shapes that it was written for. */
import { fieldError } from '../field-error.ts';
import { Problem } from '../problem.ts';
import type { OperationId } from '../types.ts';
import { written } from '../written.ts';
import { version20261101 } from './2026-11-01.ts';
import type { OlderOperation } from './older.ts';

export { answerAsOlder, todaysQuery, type OlderOperation } from './older.ts';

export const VERSION_HEADER = 'CloudBrain-Version';

/** What answers look like without the header. */
export const CURRENT_VERSION = '2026-12-01';

/** The versions that are served, the latest first, each with what it has differently. */
const versions: Readonly<Record<Version, Partial<Record<OperationId, OlderOperation>>>> = {
  [CURRENT_VERSION]: {},
  '2026-11-01': version20261101,
};

export type Version = typeof CURRENT_VERSION | '2026-11-01';

const isServed = (text: string): text is Version => Object.hasOwn(versions, text);

/**
 * The version that a request pins.
 * @param given value of the header; `null` if there is none
 * @throws Problem 400 for one that isn't served, and for what isn't a version
 */
export function readVersion(given: string | null): Version {
  if (given === null) return CURRENT_VERSION;
  if (isServed(given)) return given;
  const served = Object.keys(versions).join(' or ');
  const isDate = /^\d{4}-\d\d-\d\d$/.test(given);
  const error = fieldError('header', {
    path: VERSION_HEADER,
    code: isDate ? 'not_one_of' : 'wrong_format',
    expected: isDate ? `must be ${served}` : `must be a date, ${served}`,
    given: written(given),
  });
  throw new Problem('unknown_version', error.message, { errors: [error] });
}

/** What a version has differently of an operation; `undefined`: nothing. */
export const olderOperation = (
  operation: OperationId,
  version: Version = CURRENT_VERSION,
): OlderOperation | undefined => versions[version][operation];
