/** What a request may hold where a schema alone does not tell: ids that are there, real times. */
import fc from 'fast-check';
import { CURRENT_VERSION, VERSION_HEADER, type Contract } from '../../server/contract/index.ts';
import { instants, valid } from './arbitrary.ts';
import { businessBatch } from './fuzz-business.ts';
import { PORTAL } from './server.ts';

type Operation = Contract['operations'] extends ReadonlyMap<unknown, infer O> ? O : never;
type Parameter = Operation['parameters'][number];

/** Headers that show who asks. */
type Credentials = readonly (readonly [name: string, value: string])[];

/** What a server has that is asked. */
export interface Known {
  /** By name: `admin`, `key`, `ingest`, `nobody`, and such as are refused. */
  callers: Readonly<Record<string, Credentials>>;
  login: { email: string; password: string };
  domains: readonly string[];
  users: readonly string[];
  models: readonly string[];
  agents: readonly string[];
  /** Of errors. */
  groups: readonly string[];
  /** Ids that `…/{id}` takes, and cursors, by the operation's id. */
  ids: Readonly<Record<string, readonly string[]>>;
  cursors: Readonly<Record<string, readonly string[]>>;
  /** The domain of the conversations among the ids. */
  conversationDomain: string;
}

/** Stands in a body for a refresh token that is good when the request is sent. */
export const REFRESH_TOKEN = '(a refresh token)';

const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC', 'utc', 'europe/berlin', 'Etc/GMT+12'];

const among = (values: readonly string[] | undefined): fc.Arbitrary<string> | undefined =>
  values && values.length > 0 ? fc.constantFrom(...values) : undefined;

/** What a parameter may hold; `undefined` where its schema tells. */
export function knownParameter(
  { id }: Operation,
  { name, schema }: Parameter,
  known: Known,
): fc.Arbitrary<unknown> | undefined {
  const known_ = (values: readonly string[]): fc.Arbitrary<unknown> | undefined => {
    const some = among(values);
    return some && fc.oneof(some, valid(schema));
  };
  if (id.startsWith('conversations.')) {
    // A conversation is in its domain alone, and a cursor goes on as its page was sorted.
    if (name === 'domain' && known.ids[id]) return fc.constant(known.conversationDomain);
    if (name === 'sort') return fc.constant('last_message');
    if (name === 'order') return fc.constant(id === 'conversations.list' ? 'desc' : 'asc');
    // Its stream refuses what it never told, which others take for something long ago.
    if (name === 'Last-Event-ID') return fc.oneof(fc.nat(10_000).map(String), fc.constant(''));
  }
  switch (name) {
    case 'id':
      return among(known.ids[id]);
    case 'cursor':
      // Nothing else is a cursor.
      return among(known.cursors[id]) ?? fc.constant(undefined);
    case VERSION_HEADER:
      // Older ones have tests of their own, with their contract.
      return fc.constant(CURRENT_VERSION);
    case 'runId':
      return among(known.ids['cleanup.getRun']);
    case 'timezone':
      return fc.constantFrom(...zones);
    case 'domain':
      // In the path it has to be there.
      return id === 'stats.domain' ? among(known.domains) : known_(known.domains);
    case 'sort':
      // That of the cursors: they go on with no other.
      return id === 'stats.users' ? fc.constant('requests') : undefined;
    case 'models':
      return fc.uniqueArray(fc.constantFrom(...known.models, 'nobody-knows-it'), { minLength: 1 });
    case 'user':
      return known_(known.users);
    case 'model':
      return known_(known.models);
    case 'agent':
      return known_(known.agents);
    case 'group':
      return known_(known.groups);
    case 'Idempotency-Key':
      return fc.uuid();
    case 'Last-Event-ID':
      return fc.oneof(
        fc.nat(10_000).map(String),
        fc.constantFrom('0', '999999999999999', 'x'.repeat(64), 'no id', '-1', ''),
      );
    default:
      return undefined;
  }
}

type Query = (readonly [name: string, value: string])[];

/** A cursor of a list of sums is good for the question alone that its page answered. */
export function knownQuestion({ id }: Operation, query: Query): Query {
  const isOfSums = id.startsWith('stats.') || id === 'admin.listErrorGroups';
  if (!isOfSums || !query.some(([name]) => name === 'cursor')) return query;
  const kept = query.filter(([name]) => ['cursor', 'limit'].includes(name));
  return [...kept, ['timeframe', 'all']];
}

const format = fc.constantFrom('json', 'ndjson', 'csv');
const status = fc.constantFrom('active', 'ended');
const optional = { requiredKeys: [] };
const name = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `a ${text}`);

/** A body that is known to be taken; `undefined` where its schema tells. */
export function knownBody({ id }: Operation, known: Known): fc.Arbitrary<unknown> | undefined {
  switch (id) {
    case 'auth.login':
      return fc.constantFrom(known.login, {
        ...known.login,
        email: ` ${known.login.email.toUpperCase()} `,
      });
    case 'auth.refresh':
    case 'auth.logout':
      return fc.constant({ refreshToken: REFRESH_TOKEN });
    case 'conversations.exportMany':
      return fc.oneof(
        fc.record({ ids: fc.constant(known.ids['conversations.get']), format }, optional),
        fc.record(
          { filter: fc.record({ status, q: fc.string({ minLength: 1 }) }, optional), format },
          optional,
        ),
      );
    case 'auth.createEmbedToken':
      return fc.record(
        {
          domains: fc.uniqueArray(
            fc.oneof(fc.constantFrom(...known.domains), fc.string({ minLength: 1 })),
            { minLength: 1, maxLength: 50 },
          ),
          origins: fc.constant([PORTAL]),
          role: fc.constantFrom('viewer', 'support', 'developer', 'sysops', 'executive'),
          expiresIn: fc.integer({ min: 60, max: 3600 }),
        },
        { requiredKeys: ['domains', 'origins'] },
      );
    case 'batch.run':
      return fc.record({
        requests: fc.array(
          fc.record(
            {
              id: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 64 }),
              method: fc.constant('GET'),
              path: fc.oneof(
                fc.constantFrom(
                  '/api/auth/me',
                  '/api/health',
                  '/api/keys',
                  '/api/executions?limit=2',
                ),
                fc
                  .constantFrom(...known.domains)
                  .map((it) => `/api/stats/domains/${encodeURIComponent(it)}`),
                fc.string().map((it) => `/api/stats/overview?timeframe=${encodeURIComponent(it)}`),
              ),
            },
            { requiredKeys: ['path'] },
          ),
          { minLength: 1, maxLength: 12 },
        ),
      });
    case 'keys.create':
      return fc.oneof(
        fc.record(
          {
            ...{ kind: fc.constant('api'), name, expiresAt: fc.constant('2099-01-01T00:00:00Z') },
            role: fc.constantFrom('admin', 'viewer', 'sysops'),
            domains: fc.constant([...known.domains]),
          },
          { requiredKeys: ['kind', 'name', 'role'] },
        ),
        fc.record(
          {
            ...{ kind: fc.constant('ingest'), name },
            domain: fc.constantFrom(...known.domains),
            team: name,
          },
          { requiredKeys: ['kind', 'name'] },
        ),
      );
    case 'business.ingest':
      return businessBatch(known.domains);
    default:
      return undefined;
  }
}

const DAY = 86_400_000;
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59Z');

/** The longest period that a timeline may be asked for, in days. */
const LONGEST: Record<string, number> = {
  hour: 80,
  day: 1_900,
  week: 13_000,
  month: 50_000,
  fitting: 50_000,
};

const span = (longest: number): fc.Arbitrary<{ from: string; to?: string }> => {
  const bounded = fc
    .record({
      from: fc.oneof(
        fc.integer({ min: EARLIEST, max: LATEST - 10_000 }),
        fc.integer({ min: Date.now() - 100 * DAY, max: Date.now() }),
      ),
      length: fc.integer({ min: 2_000, max: longest * DAY }),
    })
    .chain(({ from, length }) => {
      const to = Math.min(from + length, LATEST);
      return fc.record({ from: instants(from, from), to: instants(to, to) });
    });
  const recent = Math.min(longest, 700) * DAY;
  const open = fc
    .integer({ min: Date.now() - recent, max: Date.now() - 2_000 })
    .chain((from) => fc.record({ from: instants(from, from) }));
  return fc.oneof(bounded, open);
};

/** A period that makes sense, and has no more points than a timeline may. */
export function period({ parameters }: Operation): fc.Arbitrary<Record<string, string>> {
  const isTimeline = parameters.some(({ name }) => name === 'granularity');
  const longest = isTimeline ? (LONGEST.fitting ?? 0) : Infinity;
  const timeframes = [
    ...['today', 'yesterday', '24h', '7d', 'last-week', '30d', 'month', 'last-month'],
    ...['90d', 'all'],
  ];
  const timeframe = fc.constantFrom(...timeframes).map((it) => ({ timeframe: it }));
  const any = fc.oneof(
    fc.constant({}),
    timeframe,
    span(Math.min(longest, (LATEST - EARLIEST) / DAY)),
  ) as fc.Arbitrary<Record<string, string>>;
  if (!isTimeline) return any;
  const grained = fc.constantFrom('hour', 'day', 'week', 'month').chain((granularity) =>
    fc
      .oneof(
        fc.constantFrom(...timeframes.slice(0, 8)).map((it) => ({ timeframe: it })),
        span(LONGEST[granularity] ?? 0),
      )
      .map((rest) => ({ ...rest, granularity })),
  );
  return fc.oneof(any, grained);
}
