/** The calls that take more than a line, with what is a party's own in their answers. */
import assert from 'node:assert/strict';
import type { Schemas } from '../../server/contract/index.ts';
import { tracesBody } from '../../server/demo/otlp.ts';
import { cells, DESK, INPUT_TOKENS, requestsIn, runOf, SHOP, type Cell } from './cells.ts';
import { PORTAL, type Call } from './server.ts';
import { as, visibleTo, type Party, type Tenants } from './tenants.ts';

export interface SampleCall extends Call {
  path: string;
  /** What somebody who may call it gets; left out, the operation's success. */
  status?: (party: Party) => number | undefined;
  /** Fails where the answer is not the party's own. */
  check?: (body: unknown, party: Party) => unknown;
}

type Overview = Schemas['StatsOverview'];
type Timeline = Schemas['StatsTimeline'];
type ExecutionPage = Schemas['ExecutionPage'];

/** A domain that the token may not see is as good as none. */
export const unlessHidden =
  (domain: string) =>
  ({ domains }: Party): number | undefined =>
    domains === null || domains.includes(domain) ? undefined : 404;

/** Ends between two quarters of an hour, so that rows are read beside sums. */
const ragged = (): string => {
  const [from, to] = [Date.now() - 3_601_234, Date.now() + 1234];
  return `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
};

/** The same question as everything, of one domain, and of periods that are read in other ways. */
export function periods(
  path: string,
  check: (body: unknown, party: Party, domain?: string) => void,
): SampleCall[] {
  const of = (domain: string): SampleCall => ({
    path: `${path}?domain=${domain}`,
    status: unlessHidden(domain),
    check: (body, party) => check(body, party, domain),
  });
  return [
    { path, check },
    { path: `${path}?timeframe=all`, check },
    { path: `${path}?${ragged()}`, check },
    of(SHOP),
    of(DESK),
  ];
}

function checkOverview(body: unknown, party: Party, domain?: string): void {
  const { requests, tokens, executions, conversations, errors, users, change, totals } =
    body as Overview;
  const own = visibleTo(party, domain);
  const count = requestsIn(own);
  assert.equal(requests, count);
  assert.equal(tokens.input, count * INPUT_TOKENS);
  assert.equal(executions.total, count);
  assert.equal(conversations, count);
  assert.deepEqual([errors, executions.failed], [own.length, own.length]);
  assert.deepEqual(users, { active: own.length, new: own.length });
  assert.equal(change.requests, null);
  assert.equal(totals.all.requests, count);
}

export const overviewCalls = (): SampleCall[] => periods('/api/stats/overview', checkOverview);

function checkTimeline(body: unknown, party: Party, domain?: string): void {
  const { points } = body as Timeline;
  const sum = (of: (point: Timeline['points'][number]) => number): number =>
    points.reduce((total, point) => total + of(point), 0);
  const count = requestsIn(visibleTo(party, domain));
  assert.equal(
    sum(({ requests }) => requests),
    count,
  );
  assert.equal(
    sum(({ tokens }) => tokens.input),
    count * INPUT_TOKENS,
  );
  assert.equal(
    sum(({ executions }) => executions.total),
    count,
  );
}

export const timelineCalls = (): SampleCall[] => [
  ...periods('/api/stats/timeline', checkTimeline),
  { path: '/api/stats/timeline?anomalies=true', check: checkTimeline },
];

/** Exactly these, and no others. */
const checkIds = (body: unknown, ids: string[]): void =>
  assert.deepEqual((body as ExecutionPage).data.map(({ id }) => id).sort(), ids.sort());

export function listCalls(tenants: Tenants): SampleCall[] {
  const path = '/api/executions';
  const all = periods(path, (body, party, domain) =>
    checkIds(body, tenants.executionIds(visibleTo(party, domain))),
  );
  const filtered = cells.flatMap((cell) =>
    ['user=#-user', 'agent=#-agent', 'model=#-model'].map((filter) => ({
      path: `${path}?${filter.replace('#', cell.marker)}`,
      check: (body: unknown, party: Party) =>
        checkIds(body, tenants.executionIds(visibleTo(party).filter((own) => own === cell))),
    })),
  );
  return [...all, ...filtered];
}

export function getCalls(tenants: Tenants): SampleCall[] {
  const ours = cells.filter(({ workspace }) => workspace === 'ours');
  return ours.flatMap((cell) =>
    tenants.executionIds([cell]).map((id) => ({
      path: `/api/executions/${id}`,
      status: (party) => (visibleTo(party).includes(cell) ? undefined : 404),
      check: (body, { role }) => {
        const { task, stepList, domain } = body as Schemas['ExecutionDetail'];
        assert.equal(task, role === 'executive' ? null : `What of ${cell.marker}?`);
        assert.equal(domain, cell.domain);
        assert.equal(stepList.length, 2);
      },
    })),
  );
}

/** Whoever mints for a domain that another workspace calls by the same name sees its own there. */
function mintCall(tenants: Tenants, domain: string): SampleCall {
  return {
    path: '/api/auth/embed-tokens',
    body: { domains: [domain], origins: [PORTAL] },
    status: ({ domains }) => (domains === null || domains.includes(domain) ? undefined : 403),
    check: async (body, party) => {
      const { token } = body as Schemas['EmbedToken'];
      const call = { token, origin: PORTAL };
      const { body: told } = await tenants.server.call('/api/stats/overview', call);
      checkOverview(told, party, domain);
    },
  };
}

export const mintCalls = (tenants: Tenants): SampleCall[] =>
  [SHOP, DESK].map((domain) => mintCall(tenants, domain));

const [owned] = cells as [Cell];

/**
 * What an ingest key sends lands in its own workspace: with the same ids as ours, it changes
 * nothing here. Sent again by us it changes nothing either.
 */
function otlpCall(tenants: Tenants, path: string, body: string): SampleCall {
  const headers = { 'content-type': 'application/json' };
  const check = async (answer: unknown): Promise<void> => {
    assert.deepEqual(answer, {});
    const call = as(tenants.owner);
    const { body: told } = await tenants.server.call('/api/stats/overview', call);
    checkOverview(told, tenants.owner);
  };
  return { path, body, headers, check };
}

/** What was said in a run whose trace is there already. */
function contentLog(tenants: Tenants): string {
  const [, chat] = runOf(owned, 0, tenants.beganAt).items;
  const time = `${tenants.beganAt}000000`;
  const record = {
    traceId: chat?.traceId,
    spanId: chat?.spanId,
    timeUnixNano: time,
    attributes: [{ key: 'event.name', value: { stringValue: 'gen_ai.user.message' } }],
    body: { stringValue: `A word of ${owned.marker}` },
  };
  return JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
}

const metrics = JSON.stringify({
  resourceMetrics: [
    {
      scopeMetrics: [{ metrics: [{ name: 'gen_ai.client.token.usage', sum: { dataPoints: [] } }] }],
    },
  ],
});

export const traceCall = (tenants: Tenants): SampleCall =>
  otlpCall(tenants, '/v1/traces', tracesBody([runOf(owned, 0, tenants.beganAt)]));

export const logCall = (tenants: Tenants): SampleCall =>
  otlpCall(tenants, '/v1/logs', contentLog(tenants));

export const metricCall = (tenants: Tenants): SampleCall =>
  otlpCall(tenants, '/v1/metrics', metrics);

export const checkSession = (body: unknown, { role, credentials }: Party): void => {
  const { me } = body as Schemas['Session'];
  assert.deepEqual([me.role, me.email], [role, credentials?.email]);
};

export const refreshToken = async ({ server }: Tenants, { credentials }: Party): Promise<string> =>
  (await server.login(credentials)).refreshToken;

export const cleanupRun = (tenants: Tenants) => (body: unknown) =>
  assert.equal((body as Schemas['CleanupRun']).id, tenants.cleanupRuns.ours);
