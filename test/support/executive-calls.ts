/** The calls of business data and of the executive overview, with what is a party's own in them. */
import assert from 'node:assert/strict';
import type { Schemas } from '../../server/contract/index.ts';
import { MONTHLY_USD } from './business.ts';
import { cells, requestsIn, type Cell } from './cells.ts';
import { periods, type SampleCall } from './sample-calls.ts';
import { as, visibleTo, type Party, type Tenants } from './tenants.ts';

type Overview = Schemas['ExecutiveOverview'];
type Result = Schemas['BusinessResult'];

function checkOverview(body: unknown, party: Party, domain?: string): void {
  const { userMetrics, executionMetrics, businessMetrics, agentMetrics, topUsers, trends } =
    body as Overview;
  const own = visibleTo(party, domain);
  const count = requestsIn(own);
  const isAll = party.domains === null && domain === undefined;
  const monthly = count * MONTHLY_USD;
  const isTold = own.length > 0;
  assert.equal(userMetrics?.active, own.length);
  assert.equal(executionMetrics?.total, count);
  assert.equal(executionMetrics.creditsUsed, isTold ? count : null);
  assert.equal(businessMetrics?.mrrUsd, isTold ? `${monthly}.00` : null);
  assert.equal(businessMetrics.activeCustomers, isTold ? own.length : null);
  assert.equal(businessMetrics.cacUsd !== null, isTold && isAll);
  const names = (marker: string) => own.map((cell) => cell.marker + marker).sort();
  assert.deepEqual(agentMetrics?.topAgents.map(({ name }) => name).sort(), names('-agent'));
  assert.deepEqual(topUsers?.map(({ user }) => user).sort(), names('-user'));
  const runs = trends.executions?.reduce((sum, { total }) => sum + total, 0);
  assert.equal(runs, count);
  assert.equal(trends.revenue?.at(-1)?.mrrUsd, isTold ? `${monthly}.00` : undefined);
}

/** Periods are its own: it ends now. */
const isAsked = ({ path }: SampleCall): boolean => !path.includes('from=');

export const executiveCalls = (): SampleCall[] =>
  periods('/api/executive/overview', checkOverview).filter(isAsked);

/** As the overview, of which it is another form. */
function checkTable(body: unknown, party: Party, domain?: string): void {
  const lines = String(body).split('\r\n');
  const own = visibleTo(party, domain);
  assert.ok(lines.includes(`executionMetrics,,,total,${requestsIn(own)},`), String(body));
  const agents = lines.filter((line) => /^topAgents,.*,total,/.test(line));
  assert.deepEqual(
    agents.sort(),
    own.map(({ marker, requests }) => `topAgents,${marker}-agent,,total,${requests},`).sort(),
  );
}

export const exportCalls = (): SampleCall[] => [
  ...periods('/api/executive/export', checkTable)
    .filter(isAsked)
    .map((call) => ({
      ...call,
      path: `${call.path}${call.path.includes('?') ? '&' : '?'}format=csv`,
    })),
  {
    path: '/api/executive/export?format=pdf',
    check: (body) => assert.match(String(body), /^%PDF-/),
  },
];

const [owned] = cells as [Cell];

/**
 * What is there already, in the version that is ours: sent by us it changes nothing, theirs of the
 * same ids are newer, and whoever has none of it gets it into a workspace of its own.
 */
export function businessCalls(tenants: Tenants): SampleCall[] {
  const check = async (body: unknown, party: Party): Promise<void> => {
    for (const counts of Object.values(body as Result)) {
      const { changed, unchanged, outdated } = counts;
      assert.equal(changed + unchanged + outdated, 1);
      if (party.workspace === 'ours') assert.equal(unchanged, 1);
      if (party.workspace === 'theirs') assert.equal(outdated, 1);
    }
    const { body: told } = await tenants.server.call('/api/executive/overview', as(tenants.owner));
    checkOverview(told, tenants.owner);
  };
  return [{ path: '/api/ingest/business', body: tenants.businessOf(owned), check }];
}
