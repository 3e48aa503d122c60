/** docs/cli.md, followed as it is written. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exit } from '../../cli/exit.ts';
import { inRoot } from '../../scripts/support/root.ts';
import { traceOf } from '../server/api/traces.ts';
import { eventually } from '../support/eventually.ts';
import { TestServer } from '../support/server.ts';
import { sendTurns } from '../support/turns.ts';
import { Cli } from './cli.ts';

const PASSWORD = 'correct horse battery staple';
/** The id that stands for one of the reader's. */
const EXAMPLE_ID = '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99';

let server: TestServer;
let cli: Cli;
let apiKey: string;
let id: string;
before(async () => {
  server = await TestServer.start();
  cli = await Cli.open();
  apiKey = await server.apiKey('admin');
  await sendRun({ failed: true });
  await sendTurns(server, await server.ingestKey(), [
    {
      said: [
        ['user', 'Where is my order?'],
        ['assistant', 'In the depot.'],
        ['user', 'Then I want a refund.'],
      ],
      answer: 'Done.',
      at: Date.now() - 60_000,
      conversation: 'conv-8812',
    },
  ]);
  const { body } = await server.call<{ data: { id: string }[] }>('/api/executions', {
    token: apiKey,
  });
  id = body.data[0]?.id ?? assert.fail('There is no execution.');
  await writeFile(join(cli.home, 'password.txt'), `${PASSWORD}\n`);
  await writeFile(join(cli.home, 'customers.csv'), await exampleFile());
});
after(async () => {
  await cli.close();
  await server.close();
});

async function sendRun({ failed = false } = {}): Promise<void> {
  const token = await server.ingestKey();
  const body = traceOf({ startedAt: Date.now() - 5_000, failed });
  assert.equal((await server.call('/v1/traces', { token, body })).status, 200);
}

/** The lines of the guide's shell blocks, with this server's address and ids. */
async function commands(): Promise<string[]> {
  const guide = await readFile(inRoot('docs', 'cli.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);
  return blocks
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) =>
      line
        .replaceAll('http://127.0.0.1:4400', server.url)
        .replaceAll(EXAMPLE_ID, id)
        .replaceAll('cbk_api_...', apiKey),
    );
}

/** The guide's example of a file. */
async function exampleFile(): Promise<string> {
  const guide = await readFile(inRoot('docs', 'cli.md'), 'utf8');
  const [, csv] = /^```csv\n(.*?)^```/ms.exec(guide) ?? [];
  return csv ?? assert.fail('There is no example of a CSV file.');
}

/** Runs it until it shows an event that happens after its start. */
async function watch(line: string): Promise<void> {
  const running = cli.start(line.split(' ').slice(1));
  await eventually(line, async () => {
    await sendRun();
    return running.stdout.includes('execution');
  });
  const { code } = await running.interrupt();
  assert.equal(code, 130, line);
}

test('each of its commands works', async () => {
  const lines = await commands();
  assert.ok(lines.length >= 15);
  for (const line of lines) {
    if (line.startsWith('npm install')) continue;
    if (line.startsWith('cloudbrain tail')) {
      await watch(line);
    } else if (line.startsWith('cloudbrain login --base-url')) {
      const typed = [
        ['Email: ', 'admin@localhost\r'],
        ['Password: ', `${PASSWORD}\r`],
      ] as const;
      const { code, screen } = await cli.terminal(line, { typed });
      assert.equal(code, 0, screen);
    } else {
      const { code, stderr } = await cli.shell(line);
      assert.equal(code, 0, line);
      // An unavailable value, or an empty list, is no error.
      assert.doesNotMatch(
        stderr,
        /^(?!\S+ is unavailable: |No \w+ found\.$|No data in this period\.$)./m,
        line,
      );
    }
  }
  const figures = await readFile(join(cli.home, 'figures.json'), 'utf8');
  assert.ok((JSON.parse(figures) as { requests: number }).requests > 0);
  const executions = await readFile(join(cli.home, 'executions.ndjson'), 'utf8');
  assert.ok(executions.includes(id));
});

test('it has every exit code and option of the program', async () => {
  const guide = await readFile(inRoot('docs', 'cli.md'), 'utf8');
  for (const code of Object.values(exit)) {
    assert.match(guide, new RegExp(`^\\| ${code} `, 'm'));
  }
  for (const option of ['--json', '--base-url', '--verbose', '--limit', '--all']) {
    assert.ok(guide.includes(option), option);
  }
});
