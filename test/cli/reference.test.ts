/** The commands on the reference page, typed into a shell. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { compiled } from '../../server/contract/compiled.ts';
import { commandOf } from '../../server/reference/commands.ts';
import { me, session } from '../sdk/samples.ts';
import { startLoopback } from '../support/loopback.ts';
import { patience } from '../support/patience.ts';
import { Cli } from './cli.ts';

const ID = '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99';
const variables = {
  ...{ ID, ANOTHER_ID: `${ID.slice(0, -1)}8`, RUN: ID, DOMAIN: 'app.example.com' },
  ...{ Q: 'refund', MODELS: 'gpt-5', EMAIL: 'ada@example.com' },
};

/** Operations whose commands need a login, not a key. */
const SESSION = ['auth.login', 'auth.refresh', 'auth.logout'];

test(
  'each command sends the request of its operation',
  { timeout: patience(300_000) },
  async (t) => {
    const server = await startLoopback(t, ({ path }) => {
      if (path === '/api/auth/login') return { json: session(1) };
      if (path === '/api/auth/me') return { json: me };
      const problem = { type: '/', title: 'Not found', status: 404, code: 'not_found', errors: [] };
      return { status: 404, json: { ...problem, detail: 'There is no such thing.' } };
    });
    const cli = await Cli.open({ CLOUDBRAIN_BASE_URL: server.url });
    t.after(() => cli.close());
    await writeFile(join(cli.home, 'password.txt'), 'correct horse\n');
    await writeFile(
      join(cli.home, 'subscriptions.csv'),
      'id,customerId,status,amountUsd,interval,changedAt\nsub_1,cus_1,active,99.00,month,2026-11-01\n',
    );

    const { source } = compiled();
    for (const [path, methods] of Object.entries(source.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const { operationId } = operation;
        const command = commandOf(source, { method, path, operation });
        // `tail` has one socket for all topics.
        const asked = '101' in operation.responses ? '/api/ws/metrics' : path;
        server.seen.length = 0;
        const env: Record<string, string> = SESSION.includes(operationId)
          ? variables
          : { ...variables, CLOUDBRAIN_API_KEY: 'cbk_api_1' };
        const { stderr } = await cli.shell(command, { env });
        const shape = new RegExp(`^${asked.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
        const sent = server.seen.map((it) => `${it.method} ${it.path}`);
        assert.ok(
          server.seen.some((it) => it.method === method.toUpperCase() && shape.test(it.path)),
          `${operationId}: ${sent.join(', ') || 'nothing sent'}\n${command}\n${stderr}`,
        );
      }
    }
  },
);
