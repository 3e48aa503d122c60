import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Conversation, ConversationDetail, ConversationHit, Message } from '@cloudbrain/sdk';
import { TestServer } from '../support/server.ts';
import { sendTurns, type Turn } from '../support/turns.ts';
import { Cli } from './cli.ts';

const SHOP = 'shop.example.com';
const APP = 'app.example.com';
const at = (time: string): number => Date.parse(`2026-03-02T${time}Z`);
const PERIOD = ['--from', '2026-03-02T09:00:00Z', '--to', '2026-03-02T15:00:00Z'];

const order: Turn['said'] = [
  ['system', 'Be kind.'],
  ['user', 'Where is my order?'],
];

const turns: Turn[] = [
  {
    said: order,
    answer: 'In the depot.\nIt leaves tomorrow.',
    at: at('10:00:00'),
    conversation: 'chat-1',
    user: 'ada',
    firstTokenSeconds: 0.4,
  },
  {
    said: [
      ...order,
      ['assistant', 'In the depot.\nIt leaves tomorrow.'],
      ['user', 'Then a refund\u001b[2J,\nplease.'],
    ],
    at: at('10:10:00'),
    conversation: 'chat-1',
    user: 'ada',
    error: true,
  },
  {
    said: [['user', 'A refund for my hat.']],
    answer: 'Done.',
    at: at('11:00:00'),
    conversation: 'chat-2',
    user: 'grace',
    service: SHOP,
  },
];

let server: TestServer;
let cli: Cli;
before(async () => {
  server = await TestServer.start();
  await sendTurns(server, await server.ingestKey(), turns);
  const env = { CLOUDBRAIN_BASE_URL: server.url, CLOUDBRAIN_API_KEY: await server.apiKey('admin') };
  cli = await Cli.open(env);
});
after(async () => {
  await cli.close();
  await server.close();
});

const parsed = <T>(lines: string): T[] =>
  lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);

/** What a command says that does what it is asked. */
async function said(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli.run(['conversations', ...args]);
  assert.deepEqual([code, stderr], [0, '']);
  return stdout;
}

describe('conversations list', () => {
  test('is a table, latest message first', async () => {
    assert.equal(
      await said(...PERIOD),
      [
        'last message         status  title                 domain            user   requests     cost  id',
        '2026-03-02 11:00:02  ended   A refund for my hat.  shop.example.com  grace         1  $0.0035  chat-2',
        '2026-03-02 10:10:02  ended   Where is my order?    app.example.com   ada           2   $0.007  chat-1',
        '',
      ].join('\n'),
    );
  });

  test('is sorted and filtered by options', async () => {
    const ids = async (...args: string[]): Promise<string[]> =>
      parsed<Conversation>(await said('list', ...PERIOD, '--json', ...args)).map(({ id }) => id);
    assert.deepEqual(await ids('--sort', 'requests'), ['chat-1', 'chat-2']);
    assert.deepEqual(await ids('--sort', 'started', '--order', 'asc'), ['chat-1', 'chat-2']);
    assert.deepEqual(await ids('--domain', SHOP), ['chat-2']);
    assert.deepEqual(await ids('--user', 'ada'), ['chat-1']);
    assert.deepEqual(await ids('--q', 'refund -hat'), ['chat-1']);
    assert.deepEqual(await ids('--status', 'ended', '--model', 'gpt-4o', '--limit', '1'), [
      'chat-2',
    ]);
    assert.deepEqual(await ids('--status', 'active'), []);
    assert.deepEqual(await ids('--tag', 'vip'), []);
    // A key has none.
    const { code, stderr } = await cli.run(['conversations', '--favorite']);
    assert.equal(code, 2);
    assert.match(stderr, /^cloudbrain: --favorite requires an account/);
  });
});

describe('conversations search', () => {
  test('shows the matches and their conversations', async () => {
    assert.equal(
      await said('search', 'refund', ...PERIOD),
      [
        'user  2026-03-02 11:00:00  shop.example.com  grace  chat-2',
        '  A refund for my hat.',
        '',
        'user  2026-03-02 10:10:00  app.example.com  ada  chat-1',
        String.raw`  Then a refund\x1b[2J, please.`,
        '',
        '',
      ].join('\n'),
    );
    const { screen } = await cli.terminal(
      `cloudbrain conversations search ${PERIOD.join(' ')} hat`,
    );
    assert.ok(screen.includes('for my \u001b[1m\u001b[33mhat\u001b[39m\u001b[22m.'), screen);
  });

  test('takes words, phrases and exclusions', async () => {
    const found = async (...words: string[]): Promise<string[]> => {
      const hits = parsed<ConversationHit>(
        await said('search', ...PERIOD, '--json', '--', ...words),
      );
      return hits.map(({ conversation }) => conversation.id);
    };
    assert.deepEqual(await found('refund', '-hat'), ['chat-1']);
    assert.deepEqual(await found('"my hat"'), ['chat-2']);
    const { code, stdout, stderr } = await cli.run(['conversations', 'search', ...PERIOD, 'shoe']);
    assert.deepEqual([code, stdout, stderr], [0, '', 'No messages found.\n']);
  });
});

describe('one of the conversations', () => {
  test('is shown with its quality', async () => {
    const text = await said('get', 'chat-1');
    assert.match(text, /^title +Where is my order\?$/m);
    assert.match(text, /^turns +2$/m);
    assert.match(text, /^first token +400 ms p50, 400 ms p95$/m);
    const [whole] = parsed<ConversationDetail>(await said('get', 'chat-1', '--json'));
    assert.equal(whole?.quality.turns, 2);
  });

  test('is shown with its messages', async () => {
    assert.equal(
      await said('messages', 'chat-1'),
      [
        'system  2026-03-02 10:00:00',
        '  Be kind.',
        '',
        'user  2026-03-02 10:00:00',
        '  Where is my order?',
        '',
        'assistant  2026-03-02 10:00:02  gpt-4o  2.0 s  $0.0035',
        '  In the depot.',
        '  It leaves tomorrow.',
        '',
        'user  2026-03-02 10:10:00',
        String.raw`  Then a refund\x1b[2J,`,
        '  please.',
        '',
        'assistant  2026-03-02 10:10:02  gpt-4o  2.0 s  $0.0035',
        '  rate_limit: Too many requests',
        '',
        '',
      ].join('\n'),
    );
    const some = parsed<Message>(await said('messages', 'chat-1', '--json', '--limit', '2'));
    assert.deepEqual(
      some.map(({ role }) => role),
      ['system', 'user'],
    );
  });

  test('is shown without content where its client sends none', async () => {
    const turn: Turn = {
      said: [['user', 'Hello?']],
      at: at('07:30:00'),
      conversation: 'kept-back',
    };
    await sendTurns(server, await server.ingestKey(), [turn]);
    assert.match(
      await said('messages', 'kept-back'),
      /^ {2}\(the client did not send the content\)$/m,
    );
  });

  test('that doesn’t exist ends with 5', async () => {
    for (const args of [['get'], ['messages'], ['export']]) {
      const { code, stdout, stderr } = await cli.run(['conversations', ...args, 'nobody']);
      assert.deepEqual([code, stdout], [5, '']);
      assert.match(stderr, /^cloudbrain: There is no such conversation\./);
    }
  });

  test('of several domains needs --domain', async () => {
    const twice: Turn[] = [APP, SHOP].map((service) => ({
      said: [['user', `I am in ${service}`]],
      at: at('08:00:00'),
      conversation: 'twice',
      service,
    }));
    await sendTurns(server, await server.ingestKey(), twice);
    for (const args of [['get'], ['messages'], ['export'], ['delete', '--yes']]) {
      const { code, stderr } = await cli.run(['conversations', ...args, 'twice']);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, /^cloudbrain: Several domains .*\nChoose .* with --domain\.\n$/);
    }
    const [found] = parsed<Conversation>(await said('get', 'twice', '--domain', SHOP, '--json'));
    assert.equal(found?.domain, SHOP);
  });
});

describe('conversations export', () => {
  const exported = async (...args: string[]): Promise<unknown> =>
    JSON.parse(await said('export', ...args)) as unknown;

  test('writes one, some, or all that match', async () => {
    const one = (await exported('chat-1')) as { id: string; messages: Message[] };
    assert.deepEqual([one.id, one.messages.length], ['chat-1', 5]);
    const some = (await exported('chat-1', 'chat-2', 'chat-1')) as Conversation[];
    assert.deepEqual(some.map(({ id }) => id).sort(), ['chat-1', 'chat-2']);
    const fitting = (await exported(...PERIOD, '--q', 'hat')) as Conversation[];
    assert.deepEqual(
      fitting.map(({ id }) => id),
      ['chat-2'],
    );
    const lines = await said('export', ...PERIOD, '--format', 'ndjson');
    assert.equal(parsed<Conversation>(lines).length, 2);
    const { code, stderr } = await cli.run(['conversations', 'export', 'chat-1', '--user', 'ada']);
    assert.equal(code, 2);
    assert.match(stderr, /^cloudbrain: Pass ids or filters, not both/);
  });

  test('writes a file whole', async () => {
    const file = join(cli.home, 'chat.csv');
    assert.equal(await said('export', 'chat-1', '--format', 'csv', '--output', file), '');
    const csv = await readFile(file, 'utf8');
    assert.match(csv, /^conversation_id,.*\r\n/);
    assert.equal(csv, await said('export', 'chat-1', '--format', 'csv'));
    // In place of what was there, by whatever name.
    const link = join(cli.home, 'link.csv');
    await writeFile(file, 'an old one');
    await chmod(file, 0o600);
    await symlink(file, link);
    await said('export', 'chat-1', '--format', 'csv', '--output', link);
    assert.equal(await readFile(file, 'utf8'), csv);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  test('reports a file that can’t be written', async () => {
    for (const [file, code, message] of [
      ['.', 2, /^cloudbrain: '\.' is a folder\./],
      [
        'no/such/folder.json',
        1,
        /^cloudbrain: 'no\/such\/folder\.json' can't be written: no such .* \(ENOENT\)\.\n$/,
      ],
      ['/dev/full', 1, /^cloudbrain: '\/dev\/full' can't be written: .* \(ENOSPC\)\.\n$/],
    ] as const) {
      const ended = await cli.run(['conversations', 'export', 'chat-1', '--output', file]);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, message);
    }
  });

  test('is harmless to a terminal', async () => {
    const { code, screen } = await cli.terminal(
      'cloudbrain conversations export chat-1 --format csv',
    );
    assert.equal(code, 0);
    assert.ok(screen.includes(String.raw`"Then a refund\x1b[2J,` + '\nplease."'), screen);
    assert.match(screen, /Too many requests\n$/);
  });
});

describe('an export that breaks off', () => {
  /** A server that answers with half of an export, and then hangs up or waits. */
  let then: 'hang up' | 'wait';
  const half = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"id":"chat-1",', () => {
      if (then === 'hang up') response.destroy();
    });
  });
  let env: Record<string, string>;
  before(async () => {
    half.listen(0, '127.0.0.1');
    await once(half, 'listening');
    env = { CLOUDBRAIN_BASE_URL: `http://127.0.0.1:${(half.address() as AddressInfo).port}` };
  });
  after(() => {
    half.closeAllConnections();
    half.close();
  });
  beforeEach(() => writeFile(join(cli.home, 'kept.json'), 'an old one'));

  const args = ['conversations', 'export', 'chat-1'];
  const leftOvers = async (): Promise<string[]> =>
    (await readdir(cli.home)).filter((name) => name.endsWith('.part'));

  test('leaves the existing file', async () => {
    then = 'hang up';
    const { code, stderr } = await cli.run([...args, '--output', 'kept.json'], { env });
    assert.equal(code, 6);
    assert.match(stderr, /^cloudbrain: The response was cut off: .*\nThe output is incomplete/);
    assert.equal(await readFile(join(cli.home, 'kept.json'), 'utf8'), 'an old one');
    assert.deepEqual(await leftOvers(), []);
  });

  test('is reported to its reader', async () => {
    then = 'hang up';
    const piped = await cli.run(args, { env });
    assert.deepEqual([piped.code, piped.stdout], [6, '{"id":"chat-1",']);
    const { code, screen } = await cli.terminal(`cloudbrain ${args.join(' ')}`, { env });
    assert.equal(code, 6);
    assert.match(screen, /The response was cut off/);
  });

  test('is not requested where it can’t be written', async () => {
    let asked = 0;
    const count = (): void => void asked++;
    half.on('request', count);
    const { code } = await cli.run([...args, '--output', 'no/such/folder.json'], { env });
    const pdf = await cli.terminal('cloudbrain executive export --format pdf', { env });
    half.off('request', count);
    assert.deepEqual([code, pdf.code, asked], [1, 2, 0]);
  });

  test('by Ctrl+C leaves nothing half written', async () => {
    then = 'wait';
    const running = cli.start([...args, '--output', 'kept.json'], { env });
    await once(half, 'request');
    const { code } = await running.interrupt();
    assert.equal(code, 130);
    assert.equal(await readFile(join(cli.home, 'kept.json'), 'utf8'), 'an old one');
    assert.deepEqual(await leftOvers(), []);
  });
});

describe('conversations delete', () => {
  const gone: Turn = { said: [['user', 'Forget me.']], at: at('07:00:00'), user: 'ada' };
  const send = async (...ids: string[]): Promise<void> =>
    sendTurns(
      server,
      await server.ingestKey(),
      ids.map((conversation) => ({ ...gone, conversation })),
    );

  test('asks first', async () => {
    await send('gone-1');
    const line = 'cloudbrain conversations delete gone-1';
    const question = 'Permanently delete gone-1? Type yes: ';
    const no = await cli.terminal(line, { typed: [[question, 'y\r']] });
    assert.equal(no.code, 1);
    assert.match(no.screen, /Nothing was deleted\./);
    assert.equal((await cli.run(['conversations', 'delete', 'gone-1'])).code, 2);
    await said('get', 'gone-1');
    const yes = await cli.terminal(line, { typed: [[question, 'yes\r']] });
    assert.equal(yes.code, 0, yes.screen);
    assert.equal((await cli.run(['conversations', 'get', 'gone-1'])).code, 5);
  });

  test('reports on each of many', async () => {
    await send('gone-2', 'gone-3');
    const args = ['conversations', 'delete', '--yes', '--json', 'gone-2', 'nobody', 'gone-3'];
    const { code, stdout, stderr } = await cli.run(args);
    assert.equal(code, 5);
    assert.match(stderr, /^cloudbrain: Not found: nobody\.\n$/);
    const [{ deleted, missing }] = parsed<{ deleted: string[]; missing: string[] }>(stdout) as [
      never,
    ];
    assert.deepEqual(
      [[...(deleted as string[])].sort(), missing],
      [['gone-2', 'gone-3'], ['nobody']],
    );
  });
});
