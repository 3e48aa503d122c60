/** Batches of business data that have to be taken: the schema's texts with times and money that fit. */
import fc from 'fast-check';
import { readDocument } from './contract.ts';
import { instants, valid } from './arbitrary.ts';

const { schemas } = readDocument();

const times = instants(Date.UTC(2000, 0, 2), Date.UTC(2099, 11, 30));
const versions = instants(Date.UTC(2000, 0, 2), Date.now() - 1000);

/** Few, so that records meet earlier ones of theirs. */
const ids = fc.constantFrom('a', 'b', 'c', '=1+1', 'x'.repeat(200), '👩‍👩‍👧‍👦', "' or 1=1 --");

const usd = fc
  .tuple(fc.nat(999_999_999), fc.nat(999_999))
  .map(([whole, millionths]) => `${whole}.${millionths}`);

const twoTimes = (): fc.Arbitrary<[string, string]> =>
  fc.tuple(times, times).map((pair) => {
    const [one, other] = pair.sort((a, b) => Date.parse(a) - Date.parse(b));
    return [one, other];
  });

/** A record by its schema, but for what the schema alone does not tell. */
const record = (name: string, known: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc
    .tuple(valid(schemas[name]!), ids, versions, known)
    .map(([fields, id, updatedAt, more]) => ({ ...(fields as object), id, updatedAt, ...more }));

const several = (records: fc.Arbitrary<object>): fc.Arbitrary<object[]> =>
  fc.array(records, { maxLength: 5 });

/** A batch, for a server that has customers with these domains. */
export const businessBatch = (domains: readonly string[]): fc.Arbitrary<object> =>
  fc.record(
    {
      customers: several(
        record(
          'CustomerRecord',
          fc.record({ createdAt: times, domains: fc.subarray([...domains, '=cmd|x']) }),
        ),
      ),
      subscriptions: several(
        record(
          'SubscriptionRecord',
          fc
            .tuple(twoTimes(), fc.boolean(), usd, ids)
            .map(([[changedAt, later], ends, amountUsd, customerId]) => ({
              ...{ changedAt, endedAt: ends ? later : null, amountUsd, customerId },
            })),
        ),
      ),
      spend: several(
        record(
          'SpendRecord',
          fc
            .tuple(twoTimes(), usd)
            .filter(([[from, to]]) => Date.parse(from) < Date.parse(to))
            .map(([[from, to], amountUsd]) => ({ from, to, amountUsd })),
        ),
      ),
      credits: several(
        record(
          'CreditRecord',
          fc.tuple(times, fc.option(ids), fc.option(usd)).map(([at, customerId, amountUsd]) => ({
            ...{ at, customerId, amountUsd, kind: amountUsd === null ? 'usage' : 'grant' },
          })),
        ),
      ),
    },
    { requiredKeys: [] },
  );
