/** The commands on the reference page, read by a shell and sent to a server. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { compiled } from '../../server/contract/compiled.ts';
import { curlOf } from '../../server/reference/curl.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
before(async () => {
  server = await TestServer.start();
});
after(() => server.close());

/** What a shell gives to curl: its arguments, each between NULs. */
const SPY = `curl() { for it; do printf '%s\\0' "$it"; done; }`;
const ID = '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99';

/** The request that the arguments stand for. */
function requestOf(args: readonly string[]) {
  const url = new URL(args.find((it) => it.startsWith('http://')) ?? 'http://missing');
  const after = (flag: string) =>
    args.flatMap((it, index) => (args[index - 1] === flag ? [it] : []));
  for (const pair of after('--data-urlencode')) {
    const at = pair.indexOf('=');
    url.searchParams.append(pair.slice(0, at), pair.slice(at + 1));
  }
  const [json] = after('--json');
  const [header = ''] = after('-H');
  const token = /^Authorization: Bearer (.+)$/.exec(header)?.[1];
  const method = after('-X')[0] ?? (json === undefined ? 'GET' : 'POST');
  const body = json === undefined ? {} : { body: JSON.parse(json) as object };
  return { path: url.pathname + url.search, method, ...(token ? { token } : {}), ...body };
}

test('each command is understood by a shell, and what it sends by the server', async () => {
  const { source } = compiled();
  const { accessToken: admin } = await server.account('admin');
  const ingest = await server.ingestKey();
  let commands = 0;
  for (const [path, methods] of Object.entries(source.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const { operationId } = operation;
      const command = curlOf(source, { method, path, operation });
      if (command === undefined) {
        assert.ok('101' in operation.responses, `${operationId} has no command`);
        continue;
      }
      commands++;
      const env = {
        CLOUDBRAIN_BASE_URL: 'http://service',
        CLOUDBRAIN_API_KEY: path.startsWith('/v1/') ? ingest : admin,
        ...{ ID, DOMAIN: 'app.example.com', Q: 'refund', MODELS: 'gpt-5,claude-sonnet-4-5' },
      };
      const { stdout } = await promisify(execFile)('sh', ['-euc', `${SPY}\n${command}`], { env });
      const sent = requestOf(stdout.split('\0').slice(0, -1));
      assert.equal(sent.method, method.toUpperCase(), operationId);
      if (operation.responses['200'] && 'text/event-stream' in contentOf(operation)) continue;
      const answer = await server.call<{ detail?: string }>(sent.path, sent);
      // What isn't there is not found; everything else is as the contract wants it.
      const expected = command.includes('$ID') || command.includes('$DOMAIN') ? [404] : [];
      const known = ['auth.login', 'auth.refresh', 'auth.logout'].includes(operationId)
        ? [401]
        : [];
      assert.ok(
        answer.status < 400 || [...expected, ...known].includes(answer.status),
        `${operationId}: ${answer.status} ${answer.body.detail ?? ''}\n${command}`,
      );
    }
  }
  assert.ok(commands > 50, `${commands} commands`);
});

function contentOf({ responses }: { responses: Record<string, unknown> }): object {
  return (responses['200'] as { content?: object }).content ?? {};
}
