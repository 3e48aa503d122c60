/** The lists of version 2026-11-01: their answers have the shape that its contract described. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { compilerOf } from '../../../server/contract/compile.ts';
import type { JsonSchema } from '../../../server/contract/document.ts';
import { MANY, PagedServer } from '../../support/paging.ts';

const VERSION = '2026-11-01';

const contract = parse(
  readFileSync(new URL(`../../support/contract-${VERSION}.yaml`, import.meta.url), 'utf8'),
) as Record<'answers' | 'schemas', Record<string, JsonSchema>>;

const compile = compilerOf({ operations: [], schemas: contract.schemas });
const checks = new Map(
  Object.entries(contract.answers).map(([path, schema]) => [path, compile(schema)]),
);

type Body = Record<string, unknown> & { unavailable?: { path: string }[] };

let paged: PagedServer;
before(async () => {
  paged = await PagedServer.start();
});
after(() => paged.server.close());

/** What the older version answers, which its contract has to describe. */
async function ask(path: string, query = ''): Promise<Body> {
  const address = path.replace('{id}', 'long');
  const { status, headers, body } = await paged.server.call<Body>(`${address}?${query}`, {
    token: paged.token,
    headers: { 'CloudBrain-Version': VERSION },
  });
  assert.equal(status, 200, `${path}?${query}: ${JSON.stringify(body)}`);
  assert.equal(headers.get('CloudBrain-Version'), VERSION);
  const check = checks.get(path);
  assert.ok(check?.(body), `${path}?${query}: ${JSON.stringify(check?.errors)}`);
  return body;
}

async function today(path: string, query = ''): Promise<Body> {
  const address = path.replace('{id}', 'long');
  return (await paged.get(`${address}?${query}`)) as unknown as Body;
}

/** Lists of statistics, with the name that entries have in them. */
const TOPS: readonly (readonly [path: string, entries: string, query?: string])[] = [
  ['/api/stats/domains', 'domains'],
  ['/api/stats/models', 'models'],
  ...['model', 'domain', 'user', 'agent', 'team'].map(
    (by) => ['/api/stats/costs', 'entries', `breakdown=${by}`] as const,
  ),
  ['/api/stats/errors', 'types'],
  ['/api/stats/latency', 'models'],
];

describe(`lists of statistics, version ${VERSION}`, () => {
  for (const [path, name, filter = ''] of TOPS) {
    it(`${path}?${filter} has the largest, and the rest as a sum`, async () => {
      const to = new Date().toISOString();
      const from = new Date(Date.parse(to) - 86_400_000).toISOString();
      const query = `from=${from}&to=${to}&${filter}`;
      const all = await today(path, `${query}&limit=200`);
      const entries = all.data as object[];
      for (const [limit, size] of [
        ['', 20],
        ['&limit=1', 1],
        ['&limit=100', 100],
      ] as const) {
        const body = await ask(path, query + limit);
        assert.deepEqual(body[name], entries.slice(0, size));
        const rest = body.other as Record<string, number> | null;
        const left = rest?.entries ?? rest?.[name] ?? 0;
        assert.equal(left, Math.max(0, entries.length - size));
        const ofEntries = body.unavailable?.filter((it) => /^\w+\.\d/.test(it.path)) ?? [];
        assert.ok(ofEntries.every((it) => !it.path.startsWith('data')));
      }
    });
  }

  it('the flow has the most used links of each kind', async () => {
    const body = await ask('/api/stats/flow', 'timeframe=24h&limit=30');
    const links = body.links as { kind: string; source: string; target: string }[];
    const nodes = new Set((body.nodes as { id: string }[]).map(({ id }) => id));
    assert.ok(links.every(({ source, target }) => nodes.has(source) && nodes.has(target)));
    const kinds = ['model', 'tool', 'agent'];
    const pages = await Promise.all(
      kinds.map((kind) => today('/api/stats/flow', `timeframe=24h&limit=30&kind=${kind}`)),
    );
    assert.deepEqual(
      links,
      pages.flatMap(({ data }) => data),
    );
    const left = pages.map(({ count }, index) => ({
      kind: kinds[index],
      links: (count as { value: number }).value - 30,
    }));
    assert.ok(left.every((rest) => rest.links >= MANY - 30));
    assert.deepEqual(
      (body.other as { kind: string; links: number }[]).map(({ kind, links: rest }) => ({
        kind,
        links: rest,
      })),
      left,
    );
  });

  it('groups of errors have their number', async () => {
    const { total, groups } = await ask('/api/admin/errors/groups', 'timeframe=24h&limit=100');
    const { count } = await today('/api/admin/errors/groups', 'timeframe=24h&limit=100');
    assert.equal(total, (count as { value: number }).value);
    assert.equal((groups as object[]).length, 100);
  });

  it('know no cursor, no kind, and no more than 100 entries', async () => {
    const { nextCursor } = await today('/api/stats/models', 'limit=1');
    for (const [path, parameter, value] of [
      ['/api/stats/models', 'cursor', String(nextCursor)],
      ['/api/stats/flow', 'cursor', 'x'],
      ['/api/stats/flow', 'kind', 'tool'],
      ['/api/stats/domains', 'limit', '101'],
      ['/api/stats/costs', 'limit', '0'],
      ['/api/stats/costs', 'limit', 'all'],
      ['/api/admin/errors/groups', 'cursor', 'x'],
      ['/api/admin/errors/groups', 'limit', '201'],
      ['/api/conversations/search', 'limit', '51'],
      ['/api/executions', 'limit', '201'],
    ] as const) {
      const { status, body } = await paged.server.call(
        `${path}?${parameter}=${value}${path.endsWith('search') ? '&q=parcel' : ''}`,
        { token: paged.token, headers: { 'CloudBrain-Version': VERSION } },
      );
      assert.deepEqual([status, body.errors[0]?.path], [400, parameter], path);
    }
  });
});

/** Lists that led forwards only, with their default page. */
const FORWARDS: readonly (readonly [path: string, query: string, size: number])[] = [
  ['/api/stats/users', 'timeframe=24h', 50],
  ['/api/executions', '', 50],
  ['/api/admin/sessions', '', 50],
  ['/api/admin/errors', '', 50],
  ['/api/admin/audit', '', 50],
  ['/api/conversations', '', 50],
  ['/api/conversations/search', 'q=parcel', 20],
  ['/api/conversations/{id}/messages', '', 50],
  ['/api/cleanup/actions', '', 50],
];

describe(`other lists, version ${VERSION}`, () => {
  for (const [path, query, size] of FORWARDS) {
    it(`${path} is read to its end by its cursors`, async () => {
      const all = (await today(path, `${query}&limit=200`)).data as unknown[];
      const first = await ask(path, query);
      assert.equal((first.data as unknown[]).length, Math.min(size, all.length));
      const read: unknown[] = [];
      let cursor: string | null = null;
      do {
        const at = cursor === null ? '' : `&cursor=${cursor}`;
        const page = await ask(path, `${query}&limit=50${at}`);
        read.push(...(page.data as unknown[]));
        cursor = page.nextCursor as string | null;
      } while (cursor !== null);
      assert.deepEqual(read.slice(0, all.length), all);
    });
  }
});

describe('a cursor', () => {
  it('is good for its list under either version', async () => {
    const first = await ask('/api/executions', 'limit=2');
    const second = await today('/api/executions', `limit=2&cursor=${String(first.nextCursor)}`);
    const again = await ask('/api/executions', `limit=2&cursor=${String(first.nextCursor)}`);
    assert.deepEqual(again.data, second.data);
  });
});
