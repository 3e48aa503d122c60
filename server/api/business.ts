import {
  badRequest,
  fieldError,
  forbidden,
  written,
  type FieldError,
  type RequestBody,
} from '../contract/index.ts';
import type { BusinessStore } from '../store/business/business.ts';
import { instantOf } from '../store/business/instant.ts';
import { DAY } from '../store/time/zones.ts';
import type { ApiCaller, IngestCaller } from '../auth/caller.ts';
import type { HandlersFor } from './handlers.ts';

export interface BusinessOptions {
  store: BusinessStore;
  /** Epoch milliseconds. */
  now: () => number;
}

type Batch = RequestBody<'business.ingest'>;

/** Business data in. The answer comes once everything is committed. */
export function businessHandlers({ store, now }: BusinessOptions): HandlersFor<'business'> {
  return {
    'business.ingest': async ({ caller, body }) => {
      if (isLimited(caller)) {
        throw forbidden(
          "Business data covers the whole workspace, so a key that is restricted to a domain can't send it. Use an unrestricted ingest key or admin key.",
          'whole_workspace_only',
        );
      }
      const errors = faultsOf(body, now());
      if (errors.length > 0) throw badRequest(errors);
      return { status: 200, body: await store.ingest(caller.workspace.id, body) };
    },
  };
}

const isLimited = (caller: ApiCaller | IngestCaller): boolean =>
  (caller.kind === 'ingest' ? caller.domain : caller.domains) !== null;

/** Business data of other times is a mistake. */
const FIRST = Date.UTC(2000, 0, 1);
const LAST = Date.UTC(2100, 0, 1);

/** As many faults are told as help to find what is wrong. */
const MAX_FAULTS = 100;

/** What of a batch makes no sense, though each of its fields does. */
function faultsOf(batch: Batch, now: number): FieldError[] {
  const errors: FieldError[] = [];
  const say = (
    path: string,
    code: FieldError['code'],
    expected: string,
    value?: string | null,
  ): void => {
    const given = value == null ? {} : { given: written(value) };
    errors.push(fieldError('body', { path, code, expected, ...given }));
  };
  const check = (path: string, times: { updatedAt: string } & Record<string, string | null>) => {
    for (const [name, text] of Object.entries(times)) {
      const time = text === null ? FIRST : Date.parse(text);
      if (time < FIRST || time >= LAST) {
        say(`${path}/${name}`, 'out_of_range', 'must be between 2000 and 2100', text);
      }
    }
    // It would keep every later version out.
    if (Date.parse(times.updatedAt) > now + DAY) {
      say(`${path}/updatedAt`, 'out_of_range', 'must not be in the future', times.updatedAt);
    }
  };
  for (const [index, { createdAt, updatedAt }] of batch.customers.entries()) {
    check(`/customers/${index}`, { createdAt, updatedAt });
  }
  for (const [index, subscription] of batch.subscriptions.entries()) {
    const { changedAt, endedAt, updatedAt } = subscription;
    const path = `/subscriptions/${index}`;
    check(path, { changedAt, endedAt, updatedAt });
    if (endedAt !== null && instantOf(endedAt) < instantOf(changedAt)) {
      say(`${path}/endedAt`, 'wrong_order', 'must not be before `changedAt`', endedAt);
    }
  }
  for (const [index, { from, to, updatedAt }] of batch.spend.entries()) {
    const path = `/spend/${index}`;
    check(path, { from, to, updatedAt });
    if (instantOf(from) >= instantOf(to))
      say(`${path}/to`, 'wrong_order', 'must be after `from`', to);
  }
  for (const [index, { kind, amountUsd, at, updatedAt }] of batch.credits.entries()) {
    const path = `/credits/${index}`;
    check(path, { at, updatedAt });
    if (kind === 'usage' && amountUsd !== null) {
      say(`${path}/amountUsd`, 'not_together', 'is allowed only with a grant', amountUsd);
    }
  }
  return errors.slice(0, MAX_FAULTS);
}
