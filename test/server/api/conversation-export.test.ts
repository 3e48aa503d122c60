/** An export in parts has everything exactly once, whatever comes or breaks off meanwhile. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { apiKey, CloudBrain } from '../../../sdk/index.ts';
import { TestServer } from '../../support/server.ts';
import { sendTurns, type Turn } from '../../support/turns.ts';

const YEAR = 365 * 86_400_000;

describe('an export in parts', () => {
  let server: TestServer;
  let key: string;
  let ingest: string;
  const now = Date.now();

  const turn = (conversation: string, at: number, user = 'ada'): Turn => ({
    said: [['user', `question of ${conversation}`]],
    answer: 'Done.',
    ...{ at, conversation, user },
  });

  before(async () => {
    server = await TestServer.start();
    key = await server.apiKey('admin');
    ingest = await server.ingestKey();
    const turns = Array.from({ length: 9 }, (_, index) =>
      // Some are of long ago.
      turn(`c${index}`, now - (index % 2 === 0 ? YEAR / 2 : 60_000) - index * 1000),
    );
    await sendTurns(server, ingest, [...turns, turn('other', now - 5000, 'bob')]);
  });
  after(() => server.close());

  const part = async (asked: object) => {
    const answer = await fetch(`${server.url}/api/conversations/export`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    });
    const body = await answer.text();
    return { status: answer.status, body, next: answer.headers.get('cloudbrain-next-cursor') };
  };

  it('is of all time where no period is named', async () => {
    const { body } = await part({ format: 'csv', filter: { user: 'ada' } });
    const ids = new Set(
      body
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',')[0]),
    );
    assert.equal(ids.size, 9);
    const some = await part({ format: 'ndjson', filter: { user: 'ada', timeframe: '24h' } });
    assert.equal(some.body.trimEnd().split('\n').length, 4);
  });

  for (const format of ['json', 'ndjson', 'csv'] as const) {
    it(`has each conversation once as ${format}, while new ones come`, async () => {
      const seen: string[] = [];
      let cursor: string | null = null;
      let parts = 0;
      do {
        const place: object = cursor === null ? {} : { cursor };
        const { status, body, next } = await part({
          ...{ format, limit: 2, filter: { user: 'ada' } },
          ...place,
        });
        assert.equal(status, 200);
        if (format === 'json')
          seen.push(...(JSON.parse(body) as { id: string }[]).map(({ id }) => id));
        else if (format === 'ndjson') {
          for (const line of body.trimEnd().split('\n')) {
            seen.push((JSON.parse(line) as { id: string }).id);
          }
        } else {
          const ids = body
            .split('\r\n')
            .slice(1, -1)
            .map((line) => line.split(',')[0] ?? '');
          seen.push(...new Set(ids));
        }
        cursor = next;
        parts++;
        // Newer and older ones come, and one that was exported goes on.
        await sendTurns(server, ingest, [
          turn(`a-${format}-${parts}`, now - YEAR / 2 - 3_000_000),
          turn('c0', now + parts),
        ]);
      } while (cursor !== null);
      for (let index = 0; index < 9; index++) {
        assert.equal(
          seen.filter((id) => id === `c${index}`).length,
          1,
          `c${index} in ${seen.join()}`,
        );
      }
      assert.equal(new Set(seen).size, seen.length);
      assert.ok(!seen.includes('other'));
    });
  }

  it('goes on after any conversation that came, by the SDK', async () => {
    const cb = new CloudBrain({ baseUrl: server.url, auth: apiKey(key) });
    const request = { filter: { user: 'ada' }, limit: 2 };
    const all: string[] = [];
    for await (const { id } of cb.conversations.exportEach(request)) all.push(id);
    for (const stop of [1, 2, 3]) {
      const seen: string[] = [];
      let part: Parameters<typeof cb.conversations.exportEach>[0] = request;
      for await (const conversation of cb.conversations.exportEach(request)) {
        seen.push(conversation.id);
        part = { ...request, ...(conversation.cursor && { cursor: conversation.cursor }) };
        if (seen.length === stop) break;
      }
      for await (const { id } of cb.conversations.exportEach(part)) seen.push(id);
      assert.deepEqual(seen, all);
    }
  });

  it("has every conversation that the user's erasure deletes", async () => {
    // Others started them; the user has one request in each, or only an agent's run.
    const shared = (conversation: string, user: string, at: number): Turn => ({
      ...turn(conversation, at, user),
      service: 'shared.example.com',
    });
    const grace = shared('shared-2', 'grace', now - 30_000);
    await sendTurns(server, ingest, [
      shared('shared-1', 'heidi', now - 50_000),
      shared('shared-1', 'grace', now - 40_000),
      shared('shared-2', 'ivan', now - 45_000),
      { ...grace, operation: 'invoke_agent', agent: 'helper' },
      shared('shared-3', 'heidi', now - 20_000),
    ]);
    const exported: string[] = [];
    let cursor: string | null = null;
    do {
      const place: object = cursor === null ? {} : { cursor };
      const asked = { format: 'ndjson', limit: 1, filter: { user: 'grace' }, ...place };
      const { status, body, next } = await part(asked);
      assert.equal(status, 200);
      exported.push((JSON.parse(body) as { id: string }).id);
      cursor = next;
    } while (cursor !== null);
    assert.deepEqual(exported, ['shared-1', 'shared-2']);
    const cb = new CloudBrain({ baseUrl: server.url, auth: apiKey(key) });
    await cb.users.erase('grace');
    const left = await part({ format: 'ndjson', filter: { user: 'heidi' } });
    assert.deepEqual(
      left.body
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id),
      ['shared-3'],
    );
    for (const id of exported) {
      const { status } = await fetch(`${server.url}/api/conversations/${id}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      assert.equal(status, 404, id);
    }
  });

  it('refuses a cursor of something else', async () => {
    const { next } = await part({ limit: 1, filter: { user: 'ada' } });
    for (const body of [
      { cursor: next, filter: { user: 'bob' } },
      { cursor: 'nonsense' },
      { cursor: next, ids: ['c1'] },
      { limit: 5, ids: ['c1'] },
    ]) {
      assert.equal((await part(body)).status, 400, JSON.stringify(body));
    }
  });
});
