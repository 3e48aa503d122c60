import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ExecutiveOverview } from '@cloudbrain/sdk';
import { extractText, getDocumentProxy } from 'unpdf';
import { traceOf } from '../server/api/traces.ts';
import { TestServer } from '../support/server.ts';
import { Cli } from './cli.ts';

const HOUR = 3_600_000;

let server: TestServer;
let cli: Cli;
before(async () => {
  server = await TestServer.start();
  const token = await server.ingestKey();
  const startedAt = Date.now() - HOUR;
  for (const run of [
    { startedAt, agent: 'support', user: 'ada' },
    { startedAt, agent: 'support', user: 'grace', failed: true },
    { startedAt, agent: 'planner\u001b[2J', user: 'ada' },
  ]) {
    assert.equal((await server.call('/v1/traces', { token, body: traceOf(run) })).status, 200);
  }
  const changedAt = new Date(startedAt).toISOString();
  const times = { changedAt, updatedAt: changedAt };
  const body = {
    subscriptions: [
      { id: 's', customerId: 'c', status: 'active', amountUsd: '1200', interval: 'year', ...times },
    ],
  };
  assert.equal((await server.call('/api/ingest/business', { token, body })).status, 200);
  const env = {
    CLOUDBRAIN_BASE_URL: server.url,
    CLOUDBRAIN_API_KEY: await server.apiKey('executive'),
  };
  cli = await Cli.open(env);
});
after(async () => {
  await cli.close();
  await server.close();
});

describe('executive overview', () => {
  test('shows the figures, the agents and the users', async () => {
    const { code, stdout, stderr } = await cli.run(['executive']);
    assert.deepEqual([code, stderr], [0, '']);
    for (const line of [
      /^Daily users +2$/,
      /^Executions +3$/,
      /^Success rate +66\.7%$/,
      /^MRR +\$100\.00$/,
      /^ARR +\$1,200\.00$/,
      /^CAC +-$/,
      /^New customers +1$/,
      /^support +2 +1 +50% +2\.0 s$/,
      /^planner\\x1b\[2J +1 +0 +100% +2\.0 s$/,
      /^ada +2$/,
      /^businessMetrics\.cacUsd.* unavailable: \S/,
      // Each reason once.
      /^.*userMetrics\.(change|churned).* (is|are) unavailable: The data starts at /,
    ]) {
      assert.match(stdout, new RegExp(line, 'm'));
    }
  });

  test('takes a period and a domain, and is complete as JSON', async () => {
    const args = ['executive', 'overview', '--timeframe', '90d', '--timezone', 'Asia/Kolkata'];
    const { stdout } = await cli.run([...args, '--json']);
    const found = JSON.parse(stdout) as ExecutiveOverview;
    assert.deepEqual(
      [found.timeframe, found.period.timezone, found.executionMetrics?.total],
      ['90d', 'Asia/Kolkata', 3],
    );
    const elsewhere = await cli.run([...args, '--domain', 'shop.example.com']);
    assert.match(elsewhere.stdout, /^Executions +0$/m);
    assert.equal((await cli.run(['executive', '--timeframe', 'today'])).code, 2);
    const past = await cli.run(['executive', '--timeframe', 'last-week', '--json']);
    assert.equal((JSON.parse(past.stdout) as ExecutiveOverview).timeframe, 'last-week');
  });

  test('is for executives and admins', async () => {
    const env = { CLOUDBRAIN_API_KEY: await server.apiKey('viewer') };
    for (const name of ['overview', 'export']) {
      const { code, stdout, stderr } = await cli.run(['executive', name], { env });
      assert.deepEqual([code, stdout], [4, '']);
      assert.match(stderr, /the role admin or executive\./);
    }
  });
});

describe('executive export', () => {
  test('is CSV, or a PDF in a file', async () => {
    const csv = await cli.run(['executive', 'export', '--timeframe', '30d']);
    assert.deepEqual([csv.code, csv.stderr], [0, '']);
    assert.match(csv.stdout, /mrrUsd/);
    const pdf = ['executive', 'export', '--format', 'pdf', '--output', 'executive.pdf'];
    const saved = await cli.run(pdf);
    assert.deepEqual(saved, { code: 0, stdout: '', stderr: '' });
    const file = await readFile(join(cli.home, 'executive.pdf'));
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(file)), {
      mergePages: true,
    });
    assert.match(text, /MRR/);
  });

  test('does not write a PDF to a terminal', async () => {
    const line = 'cloudbrain executive export --format pdf';
    const { code, screen } = await cli.terminal(line);
    assert.equal(code, 2);
    assert.match(screen, /A terminal can't show this format\..*\nName a file with --output\.\n$/);
    const piped = await cli.shell(`${line} | head -c 5`);
    assert.equal(piped.stdout, '%PDF-');
  });
});
