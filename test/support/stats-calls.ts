/** Calls of the statistics, with what is a party's own in their answers. */
import assert from 'node:assert/strict';
import type { Schemas } from '../../server/contract/index.ts';
import { cells, INPUT_TOKENS, requestsIn, SHOP, type Cell } from './cells.ts';
import { periods, unlessHidden, type SampleCall } from './sample-calls.ts';
import { visibleTo, type Party } from './tenants.ts';

type Check = (body: unknown, party: Party, domain?: string) => void;

/** The names of something that some cells have, each with its requests. */
const named = (own: readonly Cell[], suffix: string) =>
  own.map(({ marker, requests }) => [`${marker}-${suffix}`, requests] as const);

/** The same, whatever their order. */
function assertSame(found: readonly unknown[], expected: readonly unknown[]): void {
  const texts = (some: readonly unknown[]) => some.map((it) => JSON.stringify(it)).sort();
  assert.deepEqual(texts(found), texts(expected));
}

const total = <T>(some: readonly T[], of: (it: T) => number): number =>
  some.reduce((sum, it) => sum + of(it), 0);

const checkDomains: Check = (body, party) => {
  const { count, active, data: domains, other } = body as Schemas['StatsDomains'];
  const own = visibleTo(party);
  assert.deepEqual([count.value, active, other], [own.length, own.length, null]);
  assertSame(
    domains.map(({ domain, requests, users }) => [domain, requests, users.active]),
    own.map(({ domain, requests }) => [domain, requests, 1]),
  );
};

/** One domain, whoever asks: theirs, or none. */
export const domainCalls = (): SampleCall[] =>
  [...new Set(cells.map(({ domain }) => domain)), 'nobody.example.com'].map((domain) => ({
    path: `/api/stats/domains/${domain}`,
    status: (party) => (visibleTo(party, domain).length > 0 ? undefined : 404),
    check: (body, party) => {
      const told = body as Schemas['StatsDomain'];
      const own = visibleTo(party, domain);
      assert.equal(told.requests, requestsIn(own));
      assert.equal(
        total(told.points, (point) => point.requests),
        requestsIn(own),
      );
      assertSame(
        told.models.map(({ model, requests }) => [model, requests]),
        named(own, 'model'),
      );
    },
  }));

/** Those that take no domain are asked without one. */
export const domainListCalls = (): SampleCall[] =>
  periods('/api/stats/domains', checkDomains).filter(({ path }) => !path.includes('domain='));

const checkModels: Check = (body, party, domain) => {
  const { data: models, other } = body as Schemas['StatsModels'];
  assert.equal(other, null);
  assertSame(
    models.map(({ model, requests, tokens }) => [model, requests, tokens.input]),
    named(visibleTo(party, domain), 'model').map(([model, n]) => [model, n, n * INPUT_TOKENS]),
  );
};

export const modelCalls = (): SampleCall[] => periods('/api/stats/models', checkModels);

/** Whoever names a model that is not theirs is told of no request to it. */
export const compareCalls = (): SampleCall[] => {
  const models = cells.map(({ marker }) => `${marker}-model`).join();
  const path = `/api/stats/models/compare?models=${models}`;
  return ['', '&timeframe=all', `&domain=${SHOP}`].map((query) => ({
    path: path + query,
    status: query.includes('domain') ? unlessHidden(SHOP) : () => undefined,
    check: (body, party) => {
      const own = visibleTo(party, query.includes('domain') ? SHOP : undefined);
      const told = body as Schemas['StatsModelComparison'];
      assert.deepEqual(
        told.models.map(({ requests, latencyMs }) => [requests, latencyMs.p50 !== null]),
        cells.map((cell) => (own.includes(cell) ? [cell.requests, true] : [0, false])),
      );
    },
  }));
};

/** By user it is for those who may list users. */
export const costCalls = (): SampleCall[] =>
  (['model', 'domain', 'user', 'agent', 'team'] as const).flatMap((breakdown) => {
    const mayNot = ({ role }: Party) =>
      breakdown === 'user' && !/admin|support|executive/.test(role ?? '');
    const check: Check = (body, party, domain) => {
      const told = body as Schemas['StatsCosts'];
      const own = visibleTo(party, domain);
      const ofDomains = own.map((cell) => [cell.domain, cell.requests] as const);
      assert.equal(told.total.requests, requestsIn(own));
      assertSame(
        told.data.map(({ label, requests }) => [label, requests]),
        breakdown === 'domain' ? ofDomains : named(own, breakdown),
      );
      assert.deepEqual([told.other, told.unnamed], [null, null]);
    };
    return periods('/api/stats/costs', check).map(({ path, status, ...call }) => ({
      ...call,
      path: `${path}${path.includes('?') ? '&' : '?'}breakdown=${breakdown}`,
      status: (party: Party) => (mayNot(party) ? 403 : status?.(party)),
    }));
  });

const checkCells: Check = (body, party, domain) => {
  const { cells: told } = body as Schemas['StatsTokenHeatmap'];
  const count = requestsIn(visibleTo(party, domain));
  assert.equal(told.length, 168);
  assert.equal(
    total(told, ({ requests }) => requests),
    count,
  );
  assert.equal(
    total(told, ({ tokens }) => tokens.input),
    count * INPUT_TOKENS,
  );
};

export const heatmapCalls = (): SampleCall[] => periods('/api/stats/tokens/heatmap', checkCells);

const checkErrors: Check = (body, party, domain) => {
  const { errors, data: types, points } = body as Schemas['StatsErrors'];
  // The first run of each cell fails.
  const failed = visibleTo(party, domain).length;
  assert.equal(errors, failed);
  assert.deepEqual(
    types.map((it) => [it.type, it.errors]),
    failed > 0 ? [['timeout', failed]] : [],
  );
  assert.equal(
    total(points, (point) => point.errors),
    failed,
  );
};

export const errorCalls = (): SampleCall[] => [
  ...periods('/api/stats/errors', checkErrors),
  ...cells.map((cell): SampleCall => ({
    path: `/api/stats/errors?model=${cell.marker}-model`,
    check: (body, party) =>
      assert.equal(
        (body as Schemas['StatsErrors']).requests,
        visibleTo(party).includes(cell) ? cell.requests : 0,
      ),
  })),
];

const checkUsers: Check = (body, party, domain) => {
  const { data } = body as Schemas['UserUsagePage'];
  assertSame(
    data.map(({ user, requests }) => [user, requests]),
    named(visibleTo(party, domain), 'user'),
  );
};

export const userCalls = (): SampleCall[] => [
  ...periods('/api/stats/users', checkUsers),
  ...['errors', 'tokens', 'cost', 'first_seen', 'last_seen'].map((sort) => ({
    path: `/api/stats/users?sort=${sort}`,
    check: checkUsers,
  })),
];

const checkPeaks: Check = (body, party, domain) => {
  const { hours, weekdays, busiest } = body as Schemas['StatsPeaks'];
  const count = requestsIn(visibleTo(party, domain));
  for (const parts of [hours, weekdays, busiest]) {
    assert.equal(
      total<{ requests: number }>(parts, ({ requests }) => requests),
      count,
    );
  }
};

export const peakCalls = (): SampleCall[] => periods('/api/stats/peaks', checkPeaks);

const checkLatency: Check = (body, party, domain) => {
  const told = body as Schemas['StatsLatency'];
  const own = visibleTo(party, domain);
  assert.equal(told.requests, requestsIn(own));
  assertSame(
    told.data.map(({ model, requests }) => [model, requests]),
    named(own, 'model'),
  );
  assert.equal(
    total(told.points, ({ requests }) => requests),
    requestsIn(own),
  );
};

export const latencyCalls = (): SampleCall[] => periods('/api/stats/latency', checkLatency);

const checkFlow: Check = (body, party, domain) => {
  const { data: links, nodes } = body as Schemas['StatsFlow'];
  const own = visibleTo(party, domain);
  assert.equal(nodes.length, own.length * 3);
  assertSame(
    links.map(({ source, target, calls }) => [source, target, calls]),
    own.flatMap(({ marker, requests }) =>
      ['model', 'tool'].map((kind) => [
        `agent:${marker}-agent`,
        `${kind}:${marker}-${kind}`,
        requests,
      ]),
    ),
  );
};

export const flowCalls = (): SampleCall[] => periods('/api/stats/flow', checkFlow);
