/** While a list is read, more arrives: what was there is met once, in its order, and nothing twice. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { LISTS, PagedServer, type List, type PageOfList } from '../../support/paging.ts';

let paged: PagedServer;
before(async () => {
  paged = await PagedServer.start();
});
after(() => paged.server.close());

/** A part of what arrives between two pages; its names are new each time. */
type Arrive = (paged: PagedServer, round: number) => Promise<void>;

const runsArrive: Arrive = (to, round) => to.sendRuns(1000 + 5 * round, 1005 + 5 * round);
const chatsArrive: Arrive = (to, round) => to.sendChats(1000 + 3 * round, 1003 + 3 * round);
const ARRIVALS: Readonly<Record<string, Arrive>> = {
  'executions.list': runsArrive,
  'admin.listErrors': runsArrive,
  'admin.listSessions': (to, round) => to.sendSessions(1000 + 3 * round, 1003 + 3 * round),
  'admin.listAuditEntries': (to) => to.sendLogins(2),
  'admin.listSecurityEvents': (to, round) => to.sendRefusals(60 + 3 * round, 63 + 3 * round),
  'conversations.list': chatsArrive,
  'conversations.search': chatsArrive,
  'conversations.listMessages': (to, round) => to.sendMessages(20 + 3 * round, 23 + 3 * round),
};

let round = 0;

describe('a list that grows while it is read', () => {
  for (const list of LISTS) {
    const arrive = ARRIVALS[list.operation];
    if (!arrive) continue;
    it(`${list.operation} (${list.path})`, async () => {
      const there = await idsOf(list, 200);
      const forward = await walk(list, arrive, 'nextCursor', null);
      assert.equal(new Set(forward.ids).size, forward.ids.length, 'an entry is there twice');
      assert.deepEqual(ofThose(there, forward.ids), there);
      const back = await walk(list, arrive, 'previousCursor', forward.last.previousCursor);
      const backwards = [...back.ids, ...forward.last.data.map(list.idOf)];
      assert.equal(new Set(backwards).size, backwards.length, 'an entry is there twice');
      assert.deepEqual(ofThose(there, backwards), there);
    });
  }

  /** Ids in the order of the list, of pages to its end, with arrivals between them. */
  async function walk(
    list: List,
    arrive: Arrive,
    way: 'nextCursor' | 'previousCursor',
    start: string | null,
  ): Promise<{ ids: string[]; last: PageOfList }> {
    const limit = Math.ceil(list.least / 4);
    let page = await paged.page(list, limit, start);
    let ids = page.data.map(list.idOf);
    // Ahead of a reader more could arrive forever.
    for (let cursor = page[way], rest = 5; cursor !== null; cursor = page[way]) {
      if (rest-- > 0) await arrive(paged, round++);
      page = await paged.page(list, limit, cursor);
      const found = page.data.map(list.idOf);
      ids = way === 'nextCursor' ? [...ids, ...found] : [...found, ...ids];
    }
    return { ids, last: page };
  }
});

const ofThose = (there: readonly string[], ids: readonly string[]): string[] =>
  ids.filter((id) => there.includes(id));

async function idsOf(list: List, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: PageOfList = await paged.page(list, limit, cursor);
    ids.push(...page.data.map(list.idOf));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

describe('a page that became empty', () => {
  const list: List = {
    operation: 'conversations.list',
    path: '/api/conversations?domain=gone.example',
    idOf: ({ id }) => String(id),
    least: 4,
  };

  it('leads back to what is left, and from there on again', async () => {
    await paged.sendChats(0, 4, 'gone.example');
    const first = await paged.page(list, 2);
    const second = await paged.page(list, 2, first.nextCursor);
    const [kept, lost] = [first, second].map(({ data }) => data.map(list.idOf));
    assert.deepEqual([kept?.length, lost?.length], [2, 2]);
    await paged.deleteChats(lost ?? [], 'gone.example');
    const empty = await paged.page(list, 2, first.nextCursor);
    assert.deepEqual([empty.data, empty.nextCursor], [[], null]);
    const back = await paged.page(list, 2, empty.previousCursor);
    assert.deepEqual(back.data.map(list.idOf), kept);
    assert.equal(back.previousCursor, null);
    assert.deepEqual((await paged.page(list, 2, back.nextCursor)).data, []);

    await paged.deleteChats(kept?.slice(0, 1) ?? [], 'gone.example');
    const start = await paged.page(list, 2, second.previousCursor);
    assert.deepEqual(start.data.map(list.idOf), kept?.slice(1));
  });
});
