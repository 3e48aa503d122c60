/** Batches, each of one request: their answer is one line of JSON. */
import assert from 'node:assert/strict';
import type { Schemas } from '../../server/contract/index.ts';
import { SHOP } from './cells.ts';
import { overviewCalls, unlessHidden, type SampleCall } from './sample-calls.ts';
import type { Party } from './tenants.ts';

/** What the overview is for the one who asks, whatever carries the request. */
const statusOf = ({ role, ...party }: Party, path: string): number => {
  if (role === 'sysops') return 403;
  const hidden = path.includes(SHOP) ? unlessHidden(SHOP)({ role, ...party }) : undefined;
  return hidden ?? 200;
};

/** The calls of the overview, in a batch: its answer, or its refusal, is a line. */
export const batchCalls = (): SampleCall[] =>
  overviewCalls()
    .filter(({ path }) => !path.includes('domain=desk'))
    .map(({ path, check }) => ({
      path: '/api/batch',
      body: { requests: [{ path }] },
      check: async (line: unknown, party: Party) => {
        // A refusal of the whole batch is a problem, which has been read already.
        const answer: unknown = typeof line === 'string' ? JSON.parse(line) : line;
        const { status, body } = answer as Schemas['BatchAnswer'];
        assert.equal(status, statusOf(party, path), path);
        if (status === 200) await check?.(body, party);
      },
    }));
