/** Whatever is looked for, by whichever way: an answer, or a 400 that names the field. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Schemas } from '../../../server/contract/index.ts';
import { runs } from '../../support/effort.ts';
import { TestServer } from '../../support/server.ts';
import { sendTurns } from '../../support/turns.ts';

let server: TestServer;
let token: string;

before(async () => {
  server = await TestServer.start();
  token = (await server.account('admin')).accessToken;
  await sendTurns(server, await server.ingestKey(), [
    { said: [['user', 'Where is my order? 人工智能 café']], at: Date.now() - 1_000 },
  ]);
});
after(() => server.close());

/** Every place that takes a search, and how its answer names the field. */
const ways: Record<
  string,
  { path: string; send: (q: string) => Promise<{ status: number; body: unknown }> }
> = {
  'conversations.search': { path: 'q', send: (q) => read('/api/conversations/search', q) },
  'conversations.list': { path: 'q', send: (q) => read('/api/conversations', q) },
  'conversations.exportMany': {
    path: '/filter/q',
    send: (q) =>
      server.call<unknown>('/api/conversations/export', {
        token,
        body: { format: 'json', filter: { q } },
      }),
  },
};

/** What has no UTF-8 arrives as U+FFFD; HTTP itself refuses longer addresses. */
const read = (path: string, q: string) =>
  server.call<unknown>(`${path}?q=${encodeURIComponent(q.slice(0, 1_000).toWellFormed())}`, {
    token,
  });

async function check(name: string, q: string): Promise<void> {
  const way = ways[name];
  assert.ok(way);
  const { status, body } = await way.send(q);
  const what = `${name} ${JSON.stringify(q)} → ${status} ${JSON.stringify(body).slice(0, 300)}`;
  assert.deepEqual(server.faults.splice(0), [], what);
  if (status === 200) return;
  assert.equal(status, 400, what);
  const { errors } = body as Schemas['Problem'];
  assert.ok(
    errors.some(({ path }) => path === way.path),
    what,
  );
}

const OPERATORS = [
  '-',
  '--',
  '"',
  '""',
  '(',
  ')',
  '&',
  '|',
  '!',
  ':*',
  '<->',
  '<2>',
  "'",
  '\\',
  '*',
];
const WORDS = [
  'order',
  'or',
  'OR',
  'and',
  'not',
  'the',
  'is',
  'a',
  "don't",
  'foo-bar',
  'x:y',
  '3.14',
];
const ODD = [
  ...['🚀', '👩‍👩‍👧', '\0', '\ud800', '\udc00', '\u200f', '\u202e', '\u200d', '\ufeff', '\u00ad'],
  ...[
    'ＯＲ',
    '－',
    '＂',
    '“',
    '”',
    'cafe\u0301',
    '\u0301',
    'ﷺ',
    'ß',
    'İ',
    '人工',
    '猫',
    '한국어',
    'ｶﾞ',
  ],
  ...[
    '\ue000',
    '\u0001',
    '\n',
    '\t',
    '\u3000',
    '𠮷',
    '😀\u0301',
    '#',
    '%',
    '_',
    "'#'",
    '\u{e0101}',
  ],
];

const piece = fc.oneof(
  fc.constantFrom(...OPERATORS, ...WORDS, ...ODD),
  fc.string({ unit: 'binary', maxLength: 4 }),
);

const queries = fc.oneof(
  fc
    .tuple(fc.array(piece, { minLength: 1, maxLength: 20 }), fc.constantFrom('', ' '))
    .map(([pieces, separator]) => pieces.join(separator)),
  // One thing so often that a stack, or a limit, is exceeded.
  fc
    .tuple(
      piece,
      fc.constantFrom('', ' ', ' or ', ' -', '" "'),
      fc.constantFrom(50, 99, 199, 2_000),
    )
    .map(([one, separator, times]) => Array(times).fill(one).join(separator)),
);

const KNOWN = [
  '-'.repeat(50),
  '-'.repeat(200),
  '(-'.repeat(100),
  '!'.repeat(200),
  '"'.repeat(199),
  `${'"-'.repeat(60)}x`,
  'or '.repeat(66),
  `x${' -x'.repeat(66)}`,
  `x${' or x'.repeat(39)}`,
  'the is a',
  '🚀🚀🚀',
  'ﷺ'.repeat(200),
  '㍿'.repeat(200),
  '𠮷'.repeat(200),
  'é'.repeat(200),
  'x'.repeat(200),
  'x'.repeat(2_100),
  'x '.repeat(3_000),
  '人'.repeat(200),
  'x\0y',
  '',
  ' ',
];

for (const name of Object.keys(ways)) {
  test(`${name} takes every search`, async () => {
    for (const q of KNOWN) await check(name, q);
    await fc.assert(
      fc.asyncProperty(queries, (q) => check(name, q)),
      { numRuns: runs(60) },
    );
  });
}

test('a search without a word finds nothing', async () => {
  for (const q of ['-'.repeat(50), '🚀', '""', '( & | )', '\u202e']) {
    const { status, body } = await read('/api/conversations/search', q);
    assert.deepEqual([status, (body as Schemas['ConversationHitPage']).data], [200, []], q);
    const { body: page } = await read('/api/conversations', q);
    assert.deepEqual((page as Schemas['ConversationPage']).count, { value: 0, isExact: true }, q);
  }
});
