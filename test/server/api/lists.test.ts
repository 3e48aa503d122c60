/** Lists have one shape, and their pages lead both ways over all that there is. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Contract } from '../../../server/contract/index.ts';
import { runs } from '../../support/effort.ts';
import { LISTS, MANY, PagedServer, type List, type PageOfList } from '../../support/paging.ts';

let paged: PagedServer;
before(async () => {
  paged = await PagedServer.start();
});
after(() => paged.server.close());

describe('lists', () => {
  const { operations } = new Contract();

  it('are all tried here', () => {
    const pages = [...operations.values()].filter(({ parameters }) =>
      parameters.some(({ name }) => name === 'cursor' || name === 'limit'),
    );
    const ids = new Set<string>(LISTS.map(({ operation }) => operation));
    assert.deepEqual(
      pages.map(({ id }) => id).filter((id) => !ids.has(id)),
      [],
    );
  });

  for (const list of LISTS) {
    it(`of ${list.operation} (${list.path}) lead to every entry and back`, () => walk(list));
  }

  it('refuse cursors of each other, and parts of their own', async () => {
    const cursors = new Map<string, string>();
    for (const list of LISTS) {
      const { nextCursor } = await paged.page(list, 1);
      if (nextCursor !== null) cursors.set(list.operation, nextCursor);
    }
    const operations = [...cursors.keys()];
    for (const [index, operation] of operations.entries()) {
      const own = cursors.get(operation) ?? '';
      const others = [1, 2, 3].map((by) => operations[(index + by) % operations.length] ?? '');
      const wrong = [own.slice(0, -1), own.slice(0, -8), own.slice(1), `${own}A`, own + own];
      const list = LISTS.findLast((it) => it.operation === operation);
      for (const cursor of [...wrong, ...others.map((it) => cursors.get(it) ?? '')]) {
        const { status, body } = await paged.server.call(
          `${list?.path ?? ''}&cursor=${encodeURIComponent(cursor)}`,
          { token: paged.token },
        );
        const { path, code } = body.errors[0] ?? {};
        assert.deepEqual([status, path, code], [400, 'cursor', 'invalid_cursor'], operation);
      }
    }
  });
});

/** Walks back and forth, as far as it likes each time, and compares with the whole list. */
async function walk(list: List): Promise<void> {
  const all = await wholeOf(list);
  const ids = all.map(list.idOf);
  assert.ok(ids.length >= list.least, `${ids.length} of ${list.least}`);
  assert.equal(new Set(ids).size, ids.length, 'an entry is there twice');
  const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 60 })), {
    minLength: 4,
    maxLength: 10,
  });
  const property = fc.asyncProperty(steps, async (taken) => {
    let [start, end] = [0, Math.min(taken[0]?.[1] ?? 1, ids.length)];
    let page = await paged.page(list, end);
    const check = () => {
      assert.deepEqual(page.data.map(list.idOf), ids.slice(start, end));
      assert.equal(page.previousCursor === null, start === 0);
      assert.equal(page.nextCursor === null, end === ids.length);
      if (page.count?.isExact) assert.equal(page.count.value, ids.length);
    };
    check();
    for (const [wantsBack, limit] of taken) {
      const isBack = page.nextCursor === null || (wantsBack && page.previousCursor !== null);
      const cursor = isBack ? page.previousCursor : page.nextCursor;
      if (cursor === null) break;
      [start, end] = isBack
        ? [Math.max(0, start - limit), start]
        : [end, Math.min(ids.length, end + limit)];
      page = await paged.page(list, limit, cursor);
      check();
    }
  });
  await fc.assert(property, { numRuns: runs(15) });
}

async function wholeOf(list: List): Promise<PageOfList['data']> {
  const entries: PageOfList['data'] = [];
  for (let cursor: string | null = null, page = 0; page === 0 || cursor !== null; page++) {
    const found: PageOfList = await paged.page(list, 200, cursor);
    entries.push(...found.data);
    cursor = found.nextCursor;
  }
  return entries;
}

describe('a list of sums', () => {
  const SUMS = ['models', 'domains', 'costs?breakdown=agent', 'costs?breakdown=user'];

  it('has on each page what is missing there to the whole', async () => {
    interface Sums extends PageOfList {
      other: { entries: number; requests: number } | null;
      unnamed?: { requests: number } | null;
    }
    const { requests } = (await paged.get('/api/stats/overview?timeframe=24h')) as unknown as {
      requests: number;
    };
    for (const name of SUMS) {
      const path = `/api/stats/${name}${name.includes('?') ? '&' : '?'}timeframe=24h`;
      let cursor: string | null = null;
      do {
        const page: Sums = (await paged.page({ path } as List, 50, cursor)) as Sums;
        const { data, other, unnamed, count } = page;
        const sum = data.reduce((total, entry) => total + Number(entry.requests), 0);
        const whole = sum + (other?.requests ?? 0) + (unnamed?.requests ?? 0);
        assert.equal(whole, requests, path);
        assert.equal(data.length + (other?.entries ?? 0), count?.value, path);
        cursor = page.nextCursor;
      } while (cursor !== null);
    }
  });

  it('has the agent that was cut off until now', async () => {
    const path = '/api/stats/costs?breakdown=agent&timeframe=24h';
    const first = await paged.get(`${path}&limit=100`);
    const second = await paged.get(`${path}&limit=100&cursor=${first.nextCursor ?? ''}`);
    assert.ok(first.data.length === 100 && second.data.length >= MANY - 100);
  });

  it('keeps the period of its first page', async () => {
    const path = '/api/stats/models?timeframe=24h';
    const first = await paged.get(`${path}&limit=100`);
    await paged.sendRuns(MANY, MANY + 10);
    const second = await paged.get(`${path}&limit=200&cursor=${first.nextCursor ?? ''}`);
    const { period } = first as unknown as { period: object };
    assert.deepEqual((second as unknown as { period: object }).period, period);
  });

  it('refuses a cursor of another question', async () => {
    const { nextCursor } = await paged.get('/api/stats/models?timeframe=24h&limit=1');
    for (const path of ['/api/stats/models?timeframe=7d', '/api/stats/latency?timeframe=24h']) {
      const { token, server } = paged;
      const { status, body } = await server.call(`${path}&cursor=${nextCursor ?? ''}`, { token });
      assert.deepEqual([status, body.errors[0]?.code], [400, 'invalid_cursor'], path);
    }
  });
});
