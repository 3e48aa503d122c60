import { notFound } from '../contract/index.ts';
import type { ApiCaller } from './caller.ts';

/**
 * The domains that an answer may tell of: the one asked for, else all that the caller is limited
 * to, else `null` for the whole workspace.
 * @throws Problem 404 for a domain that the caller may not see
 */
export function domainsFor(
  { domains }: Pick<ApiCaller, 'domains'>,
  asked: string | undefined,
): readonly string[] | null {
  if (asked === undefined) return domains;
  if (domains !== null && !domains.includes(asked)) {
    throw notFound('There is no such domain.', 'domain_not_found');
  }
  return [asked];
}
