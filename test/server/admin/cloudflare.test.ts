/** Durable Objects, from a small server that speaks Cloudflare's documented API. */
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { after, afterEach, before, describe, it } from 'node:test';
import { DurableObjects } from '../../../server/monitoring/cloudflare.ts';
import type { Schemas } from '../../../server/contract/index.ts';
import { AddressRanges } from '../../../server/outbound/addresses.ts';
import { Outbound } from '../../../server/outbound/outbound.ts';
import { TestServer } from '../../support/server.ts';
import { Elsewhere, json } from './upstream.ts';

const ACCOUNT = '0123456789abcdef0123456789abcdef';
const TOKEN = 'a-token-of-cloudflare-that-nobody-sees';
const ROOT = `/accounts/${ACCOUNT}/workers/durable_objects/namespaces`;

interface Space {
  id: string;
  class: string;
  /** How many objects there are. */
  objects: number;
  /** Answers instead. */
  fails?: number;
}

/** Cloudflare's envelope around a result. */
const envelope = (result: unknown, result_info: object = {}) => ({
  result,
  result_info,
  success: true,
  errors: [],
  messages: [],
});

const idOf = (space: string, index: number): string => `${space}${index}`.padStart(64, '0');

/** `/objects` gives as many as asked for, and the cursor of the next ones in the place named. */
function api(
  spaces: readonly Space[],
  place: 'cursors' | 'cursor' = 'cursors',
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      const errors = [{ code: 10_000, message: `Authentication error: ${TOKEN}` }];
      return void json(response, { success: false, errors, messages: [], result: null }, 403);
    }
    if (url.pathname === ROOT) {
      const page = Number(url.searchParams.get('page') ?? 1);
      const listed = spaces.map(({ id, class: name }) => ({
        id,
        class: name,
        name: `worker_${name}`,
        script: 'worker',
        use_sqlite: true,
      }));
      return void json(response, envelope(page === 1 ? listed : [], { page }));
    }
    const space = spaces.find(({ id }) => url.pathname === `${ROOT}/${id}/objects`);
    if (!space) return void json(response, { success: false, errors: [], result: null }, 404);
    if (space.fails) return void json(response, { success: false, errors: [] }, space.fails);
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const to = Math.min(from + Number(url.searchParams.get('limit')), space.objects);
    const objects = Array.from({ length: to - from }, (_, index) => ({
      id: idOf(space.id, from + index),
      hasStoredData: (from + index) % 2 === 0,
    }));
    const next = to < space.objects ? String(to) : '';
    const info = place === 'cursors' ? { cursors: { after: next } } : { cursor: next };
    return void json(response, envelope(objects, { count: objects.length, ...info }));
  };
}

describe('Durable Objects', () => {
  let cloudflare: Elsewhere;
  let clock = 0;
  const allow = new AddressRanges();
  allow.add('127.0.0.1');
  const outbound = new Outbound({ allow });
  before(async () => {
    cloudflare = await Elsewhere.start();
  });
  afterEach(() => {
    cloudflare.asked.length = 0;
  });
  after(() => cloudflare.close());

  const reader = (options: { timeoutMs?: number; apiToken?: string } = {}) =>
    new DurableObjects({
      accountId: ACCOUNT,
      apiToken: TOKEN,
      baseURL: cloudflare.url,
      outbound,
      now: () => clock,
      ...options,
    });

  it('are told by namespace, with as many ids as one reads', async () => {
    cloudflare.answer = api([
      { id: 'a1', class: 'ExecutionCoordinator', objects: 23 },
      { id: 'b2', class: 'SessionRecorder', objects: 0 },
    ]);
    const { namespaces, unavailable, fetchedAt } = await reader().read();
    assert.deepEqual(unavailable, []);
    assert.equal(fetchedAt, new Date(clock).toISOString());
    const [coordinator, recorder] = namespaces ?? [];
    assert.deepEqual(
      [coordinator?.className, coordinator?.name, coordinator?.script, coordinator?.sqlite],
      ['ExecutionCoordinator', 'worker_ExecutionCoordinator', 'worker', true],
    );
    assert.deepEqual(coordinator?.objects, { count: 23, capped: false, withData: 12 });
    assert.equal(coordinator.sample.length, 23);
    assert.deepEqual(coordinator.sample[1], { id: idOf('a1', 1), hasStoredData: false });
    assert.deepEqual(recorder?.objects, { count: 0, capped: false, withData: 0 });
  });

  for (const place of ['cursors', 'cursor'] as const) {
    it(`are counted over pages, by the cursor in \`${place}\`, up to a limit`, async () => {
      cloudflare.answer = api(
        [
          { id: 'a1', class: 'Some', objects: 2_500 },
          { id: 'b2', class: 'Many', objects: 50_000 },
        ],
        place,
      );
      const { namespaces } = await reader().read();
      const [some, many] = namespaces ?? [];
      assert.deepEqual(some?.objects, { count: 2_500, capped: false, withData: 1_250 });
      assert.equal(some.sample.length, 100);
      assert.deepEqual(many?.objects, { count: 10_000, capped: true, withData: 5_000 });
      const pages = cloudflare.asked.filter(({ url }) => url?.includes('/b2/objects'));
      assert.equal(pages.length, 10);
    });
  }

  it('are asked for once in 30 seconds, however many want to know', async () => {
    cloudflare.answer = api([{ id: 'a1', class: 'One', objects: 1 }]);
    const objects = reader();
    await Promise.all([objects.read(), objects.read(), objects.read()]);
    const asked = cloudflare.asked.length;
    clock += 29_999;
    await objects.read();
    assert.equal(cloudflare.asked.length, asked);
    clock += 1;
    await objects.read();
    assert.equal(cloudflare.asked.length, 2 * asked);
  });

  it('of one namespace may fail, and the others stand', async () => {
    cloudflare.answer = api([
      { id: 'a1', class: 'One', objects: 1 },
      { id: 'b2', class: 'Broken', objects: 1, fails: 500 },
    ]);
    const { namespaces, unavailable } = await reader().read();
    assert.equal(namespaces?.[0]?.objects?.count, 1);
    assert.equal(namespaces[1]?.objects, null);
    assert.deepEqual(unavailable, [
      { path: 'namespaces.1.objects', reason: 'Cloudflare responded with 500.' },
    ]);
  });

  const untold = (reason: string) => ({
    fetchedAt: null,
    namespaces: null,
    unavailable: [{ path: 'namespaces', reason }],
  });

  it('are untold, with the reason, where they can not be had; no token is in it', async () => {
    cloudflare.answer = api([]);
    const refused = await reader({ apiToken: 'another-token-than-theirs' }).read();
    assert.deepEqual(refused, untold('Cloudflare rejected the token (403).'));
    cloudflare.answer = (_request, response) => json(response, { success: false }, 429);
    assert.deepEqual(await reader().read(), untold("Cloudflare's rate limit was exceeded (429)."));
    cloudflare.answer = (_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    };
    assert.deepEqual(await reader().read(), untold("Cloudflare can't be reached."));
  });

  it('are untold where the answer is none of the API', async () => {
    const answers = [
      'no JSON at all',
      'null',
      '[]',
      '{}',
      JSON.stringify({ success: false, errors: [], messages: [], result: null }),
      JSON.stringify({ ...envelope([]), success: false }),
      JSON.stringify(envelope({ a: 1 })),
      JSON.stringify(envelope([null])),
    ];
    for (const type of ['text/html', 'application/json']) {
      for (const answer of answers) {
        cloudflare.answer = (_request, response) => {
          response.writeHead(200, { 'content-type': type }).end(answer);
        };
        const told = await reader().read();
        assert.deepEqual(told, untold("Cloudflare's response could not be parsed."), answer);
      }
    }
  });

  it('of one namespace are untold where only its answer is none', async () => {
    const spaces = [
      { id: 'a1', class: 'One', objects: 3 },
      { id: 'b2', class: 'Two', objects: 3 },
    ];
    const answer = api(spaces);
    for (const wrong of ['<html>', JSON.stringify(envelope([null])), '{"success":true}']) {
      cloudflare.answer = (request, response) => {
        if (request.url?.includes('/a1/objects')) response.end(wrong);
        else answer(request, response);
      };
      const { namespaces, unavailable } = await reader().read();
      assert.deepEqual(
        namespaces?.map(({ objects }) => objects?.count),
        [undefined, 3],
      );
      assert.deepEqual(unavailable, [
        { path: 'namespaces.0.objects', reason: "Cloudflare's response could not be parsed." },
      ]);
    }
  });

  const many = (count: number, objects: number): Space[] =>
    Array.from({ length: count }, (_, index) => ({ id: `n${index}`, class: 'Many', objects }));

  it('are counted in so many pages only that 1,200 in 5 minutes are not reached', async () => {
    for (const [spaces, pages] of [
      [many(100, 50_000), 1],
      [many(30, 50_000), 3],
    ] as const) {
      cloudflare.asked.length = 0;
      cloudflare.answer = api(spaces);
      const { namespaces, unavailable } = await reader().read();
      assert.deepEqual(unavailable, []);
      assert.ok(cloudflare.asked.length <= 110, String(cloudflare.asked.length));
      assert.equal(namespaces?.length, spaces.length);
      for (const { objects } of namespaces) {
        assert.ok(objects?.capped === true && objects.count >= pages * 1_000);
      }
    }
  });

  it('are not asked for any more once that was too often', async () => {
    const answer = api(many(40, 1));
    let objects = 0;
    cloudflare.answer = (request, response) => {
      const isRefused = request.url?.includes('/objects') && ++objects > 10;
      if (isRefused) json(response, { success: false, errors: [] }, 429);
      else answer(request, response);
    };
    const { namespaces, unavailable } = await reader().read();
    // The first refusal, and those that were on their way with it.
    assert.ok(objects <= 14, String(objects));
    assert.equal(namespaces?.filter(({ objects: told }) => told?.count === 1).length, 10);
    assert.equal(unavailable.length, 30);
    assert.ok(
      unavailable.every(({ reason }) => reason === "Cloudflare's rate limit was exceeded (429)."),
    );
  });

  it('are untold where Cloudflare is slow', async () => {
    cloudflare.answer = () => {};
    const told = await reader({ timeoutMs: 50 }).read();
    assert.deepEqual(told, untold('Cloudflare did not respond within 0.05 s.'));
  });

  it('are untold where nobody has set the credentials', async () => {
    const { namespaces, unavailable } = await new DurableObjects(undefined).read();
    assert.equal(namespaces, null);
    assert.match(unavailable[0]?.reason ?? '', /CLOUDFLARE_ACCOUNT_ID/);
  });

  it('are for the workspace that runs the installation', async () => {
    cloudflare.answer = api([{ id: 'a1', class: 'One', objects: 1 }]);
    const server = await TestServer.start({
      env: {
        CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
        CLOUDFLARE_API_TOKEN: TOKEN,
        OUTBOUND_ALLOW: '127.0.0.0/8',
      },
      cloudflare: { baseURL: cloudflare.url },
    });
    try {
      const path = '/api/admin/durable-objects';
      const { status, body } = await server.call<Schemas['DurableObjects']>(path, {
        token: await server.apiKey('sysops'),
      });
      assert.equal(status, 200);
      assert.equal(body.namespaces?.[0]?.objects?.count, 1);
      const workspaceId = await server.tenancy.createWorkspace('Tenant');
      const theirs = await server.apiKey('admin', { workspaceId });
      assert.equal((await server.call(path, { token: theirs })).status, 403);
      assert.equal((await server.call(path, { token: await server.apiKey('viewer') })).status, 403);
    } finally {
      await server.close();
    }
  });
});
