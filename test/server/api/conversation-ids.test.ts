/** Ids that clients choose, in the paths of the API. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schemas } from '../../../server/contract/index.ts';
import { TestServer } from '../../support/server.ts';
import { sendTurns } from '../../support/turns.ts';

const IDS = [
  ...['.', '..', '...', '~.', '~..', '~~.', '~'],
  ...['%2e', '%2E%2E', '.%2e', '%252e', '~%2e', '%', '%25', '%41'],
  ...['search', 'export', 'delete', '~search', 'searching'],
  ...['a/b', '/', '//', 'a/../b', '\\', '?', '#', 'a?b#c', '+', ';', 'ä', '会話', '$&', '{id}'],
];

test('each conversation is found at the path that its id makes, whatever its client calls it', async (t) => {
  const server = await TestServer.start();
  t.after(() => server.close());
  const token = await server.apiKey('viewer');
  const at = Date.now() - 60_000;
  await sendTurns(
    server,
    await server.ingestKey(),
    IDS.map((conversation, index) => ({
      said: [['user', `I call it number ${index}.`]],
      answer: 'Good.',
      at: at + index,
      conversation,
    })),
  );
  const { body: page } = await server.call<Schemas['ConversationPage']>(
    '/api/conversations?limit=100&sort=started&order=asc',
    { token },
  );
  assert.deepEqual(
    page.data.map(({ title }) => title),
    IDS.map((_, index) => `I call it number ${index}.`),
    'none is taken for another',
  );
  for (const { id, title } of page.data) {
    const { status, body } = await server.call<Schemas['ConversationDetail']>(
      `/api/conversations/${encodeURIComponent(id)}`,
      { token },
    );
    assert.equal(status, 200, id);
    assert.deepEqual([body.id, body.title], [id, title]);
  }
});
