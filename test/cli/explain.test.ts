import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { StatsOverview } from '@cloudbrain/sdk';
import { TestServer } from '../support/server.ts';
import { sendTurns, type Turn } from '../support/turns.ts';
import { Cli } from './cli.ts';

/** More than a page holds. */
const USERS = 201;

let server: TestServer;
let cli: Cli;
let apiKey: string;
before(async () => {
  server = await TestServer.start();
  const turn = (user: string): Turn => ({
    said: [['user', 'Where is my order?']],
    at: Date.parse('2026-03-02T10:00:00Z'),
    user,
  });
  const turns = Array.from({ length: USERS }, (_, index) => turn(`user-${index}`));
  await sendTurns(server, await server.ingestKey(), turns);
  apiKey = await server.apiKey('admin');
  cli = await Cli.open({ CLOUDBRAIN_BASE_URL: server.url, CLOUDBRAIN_API_KEY: apiKey });
});
after(async () => {
  await cli.close();
  await server.close();
});

const rowsOf = (stderr: string): Record<string, string> =>
  Object.fromEntries(
    stderr.split('\n').flatMap((line) => {
      const [, name, value] =
        /^(request|operation|period|response|pages|as a command|with a key) {2,}(.*)$/.exec(line) ??
        [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );

const PERIOD = ['--from', '2026-03-02', '--to', '2026-03-03', '--timezone', 'Asia/Tokyo'];

describe('--explain', () => {
  test('shows the request behind the figures, and a command that repeats it', async () => {
    const args = ['stats', '--domain', "it's", ...PERIOD];
    const { code, stdout, stderr } = await cli.run([...args, '--explain', '--json']);
    assert.equal(code, 0, stderr);
    const figures = JSON.parse(stdout) as StatsOverview;
    const rows = rowsOf(stderr);
    const [method, url = ''] = rows.request?.split(' ') ?? [];
    assert.equal(method, 'GET');
    assert.ok(url.startsWith(`${server.url}/api/stats/overview?`), url);
    assert.match(rows.operation ?? '', /^stats\.overview: \S/);
    assert.equal(
      rows.period,
      '2026-03-01T15:00:00.000Z to 2026-03-02T15:00:00.000Z, time zone Asia/Tokyo',
    );
    assert.match(rows.response ?? '', /^200, request id [\w-]+$/);
    // Both commands get the same figures, with whatever has to be quoted.
    for (const name of ['as a command', 'with a key']) {
      const again = await cli.shell(rows[name] ?? '');
      assert.equal(again.code, 0, again.stderr);
      assert.deepEqual(JSON.parse(again.stdout), figures, name);
    }
    assert.ok(!stderr.includes(apiKey), stderr);
    assert.doesNotMatch((await cli.run(args)).stderr, /request/);
  });

  test('shows which period a timeframe was', async () => {
    const { stderr } = await cli.run(['stats', 'timeline', '--timeframe', '7d', '--explain']);
    const time = String.raw`20\d\d-\d\d-\d\dT[\d:.]+Z`;
    const { period = '' } = rowsOf(stderr);
    assert.match(period, new RegExp(`^${time} to ${time}, timeframe 7d, time zone UTC$`));
    const usual = await cli.run(['stats', '--explain']);
    assert.match(rowsOf(usual.stderr).period ?? '', /, timeframe 24h, the default, time zone UTC$/);
  });

  test('counts the pages of a list', async () => {
    const run = (...more: string[]) =>
      cli.run(['stats', 'users', ...PERIOD, '--json', '--explain', ...more]);
    const all = await run('--all');
    assert.equal(all.code, 0, all.stderr);
    const pages = all.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { data: [] });
    assert.equal(pages.flatMap(({ data }) => data).length, USERS);
    assert.match(rowsOf(all.stderr).operation ?? '', /^stats\.users: /);
    assert.match(rowsOf(all.stderr).pages ?? '', /^1 more page, the last with request id \S+$/);
    assert.equal(rowsOf((await run('--limit', '2')).stderr).pages, undefined);
  });

  test('shows a request that failed', async () => {
    const viewer = { CLOUDBRAIN_API_KEY: await server.apiKey('viewer') };
    const args = ['stats', 'costs', '--breakdown', 'user', '--explain'];
    const { code, stderr } = await cli.run(args, { env: viewer });
    assert.equal(code, 4);
    assert.match(rowsOf(stderr).response ?? '', /^403, request id /);
    const away = await cli.run(['stats', '--explain', '--base-url', 'http://127.0.0.1:9']);
    assert.equal(away.code, 6);
    assert.equal(rowsOf(away.stderr).response, 'none');
  });

  test('is an option of every command of stats', async () => {
    const { stdout } = await cli.run(['stats', '--help']);
    const [, listed = ''] = /Commands:\n(.*?)(?:\n\n|$)/s.exec(stdout) ?? [];
    const names = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name);
    assert.ok(names.length >= 12, stdout);
    for (const name of names) {
      const words = name === 'compare' ? [name, 'gpt-4o', 'gpt-4o-mini'] : [name];
      const { code, stderr } = await cli.run(['stats', ...words, ...PERIOD, '--explain']);
      assert.equal(code, 0, stderr);
      const { request = '', operation = '', period = '' } = rowsOf(stderr);
      assert.match(request, /^GET http.*\/api\/stats\//, name);
      assert.match(operation, /^stats\.\w+: /, name);
      assert.match(period, /^2026-03-01T15/, name);
    }
  });
});
