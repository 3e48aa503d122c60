import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { sdkCalls } from '../../scripts/support/calls.ts';
import { inRoot } from '../../scripts/support/root.ts';
import { access } from '../../server/auth/access.ts';
import { compiled } from '../../server/contract/compiled.ts';
import { json } from '../../server/reference/html.ts';
import { referencePage } from '../../server/reference/page.ts';
import { serveFiles } from '../../server/http/static.ts';
import { TestServer, type Answer } from '../support/server.ts';

let server: TestServer;
before(async () => {
  server = await TestServer.start({ pages: serveFiles });
});
after(() => server.close());

const read = (path: string, headers: Record<string, string> = {}): Promise<Answer<string>> =>
  server.call<string>(path, { headers });

/** What stands in an attribute, in the page's order. */
const all = (page: string, attribute: string): string[] =>
  [...page.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].map(([, value = '']) => value);

/** A section's text, by its anchor: up to the next operation. */
const partOf = (page: string, id: string): string => {
  const [, part = ''] = page.split(`<article class="operation" id="${id}"`);
  const [own = ''] = part.split('</article>');
  return own
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"');
};

describe('the reference page', () => {
  test('has every operation and schema, and each link in it leads somewhere', async () => {
    const { status, body, headers } = await read('/api/docs');
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
    const ids = all(body, 'id');
    assert.deepEqual(ids, [...new Set(ids)], 'an anchor is there twice');
    const operations = Object.keys(access);
    assert.deepEqual(
      operations.filter((id) => !ids.includes(id)),
      [],
    );
    const { components } = compiled().source;
    const schemas = Object.keys(components.schemas);
    assert.ok(schemas.every((name) => ids.includes(`schema-${name}`)));
    const links = all(body, 'href').filter((href) => href.startsWith('#'));
    assert.deepEqual(
      links.filter((href) => !ids.includes(href.slice(1))),
      [],
    );
  });

  test('tells of an operation what goes in, what comes out and who may', async () => {
    const { body } = await read('/api/docs');
    const list = partOf(body, 'executions.list');
    for (const told of [
      'Executions, newest first GET /api/executions',
      'Access The roles admin, viewer, support, developer, and executive.',
      'limit integer in query',
      '1 to 200, default 50',
      'status ExecutionStatus in query Only executions in this state',
      "cb.executions.list({ status: 'failed' })",
      '"agent": "support-agent"',
      'Errors: 400 401 403 404 429 503',
    ]) {
      assert.ok(list.includes(told), `${told}: ${list}`);
    }
    const get = partOf(body, 'executions.get');
    assert.ok(get.includes('id UUID in path, required'), get);
    const token = partOf(body, 'auth.createEmbedToken');
    for (const told of [
      'Access Accounts with the role admin, and API keys with any role. An embed token never has more',
      'domains array of string required',
      '1 to 50 entries',
      'default viewer',
    ]) {
      assert.ok(token.includes(told), `${told}: ${token}`);
    }
    // Of what is sent each field is marked alike, however deep: `required`, and never `optional`.
    const [sent = ''] = partOf(body, 'conversations.exportMany').split('Responses');
    assert.match(sent, /filter object/);
    assert.doesNotMatch(sent, /optional/);
  });

  test('names the kinds and the roles that may', async () => {
    const { body } = await read('/api/docs');
    const runs = 'of the roles admin, viewer, support, and developer.';
    const where = 'in the workspace that runs the installation';
    for (const [id, who] of [
      ['auth.login', 'Anyone; no token is required.'],
      ['stats.users', 'The roles admin, support, and executive.'],
      ['conversations.exportMany', `Accounts and API keys ${runs}`],
      ['conversations.addFavorite', `Accounts ${runs}`],
      [
        'conversations.delete',
        'The role admin. Not available to embed tokens, which are read-only.',
      ],
      ['business.ingest', 'Ingest keys, and accounts and API keys of the role admin.'],
      [
        'admin.listAuditEntries',
        "The role admin. Covers the whole workspace, so it requires a token that isn't restricted to domains.",
      ],
      ['auth.me', 'Every role.'],
      ['otlp.traces', 'Ingest keys.'],
      [
        'cleanup.run',
        'The role admin in the workspace that runs the installation. ' +
          'Not available to embed tokens, which are read-only.',
      ],
      ['health.get', `Anyone; each part is shown only to the roles admin and sysops ${where}.`],
      [
        'health.metrics',
        `The roles admin and sysops ${where}; from the machine itself no token is required.`,
      ],
    ] as const) {
      assert.ok(partOf(body, id).includes(`Access ${who} `), partOf(body, id).slice(0, 600));
    }
    for (const [id, rule] of Object.entries(access)) {
      const [, who = ''] =
        /Access (.*?) (?:Parameters|Body|Responses)/.exec(partOf(body, id)) ?? [];
      if ('open' in rule) assert.match(who, /anyone|no token/i, id);
      if ('roles' in rule && rule.roles.length < 6) {
        for (const role of rule.roles) assert.match(who, new RegExp(`\\b${role}\\b`), id);
      }
    }
  });

  test('shows the SDK’s own examples', async () => {
    const { body } = await read('/api/docs');
    const calls = [...(await sdkCalls())].filter(([id]) => id in access);
    assert.ok(calls.length > 10);
    for (const [id, call] of calls) {
      const part = partOf(body, id).replaceAll('&gt;', '>').replaceAll('&lt;', '<');
      assert.ok(part.includes(call.replaceAll(/\s+/g, ' ')), id);
    }
  });

  test('needs nothing that its policy forbids, nor anything from elsewhere', async () => {
    const { body, headers } = await read('/api/docs');
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.doesNotMatch(body, /<script(?! type="module" src=)| style=| on\w+=/);
    assert.doesNotMatch(body, /https?:\/\/[^"]*\.(?:js|css)/);
    const styles = all(body, 'href').filter((href) => href.endsWith('.css'));
    const scripts = all(body, 'src');
    assert.ok(styles.length > 0 && scripts.length > 0);
    for (const [type, address] of [
      ...styles.map((href) => ['text/css', href] as const),
      ...scripts.map((src) => ['text/javascript', src] as const),
    ]) {
      const { pathname } = new URL(address, `${server.url}/api/docs`);
      const file = await read(pathname);
      assert.equal(file.status, 200, pathname);
      assert.equal(file.headers.get('content-type')?.split(';')[0], type);
    }
  });

  test('escapes what the contract says', () => {
    const source = structuredClone(compiled().source);
    const hostile = `</code><script>alert("1")</script>`;
    source.info.summary = hostile;
    const [tag] = source.tags;
    tag!.description = `\`${hostile}\``;
    const page = String(referencePage(source, { styles: [], script: 'reference.js' }));
    assert.doesNotMatch(page, /<script>/);
    assert.match(page, /&lt;script&gt;alert\(&quot;1&quot;\)/);
    const shown = String(json({ [hostile]: `${hostile} "true" 1`, n: -1.5e3, no: null }));
    assert.doesNotMatch(shown, /<script/);
    assert.match(shown, /<span class="n">-1500<\/span>/);
    assert.match(shown, /<span class="n">null<\/span>/);
    assert.equal(shown.match(/<span/g)?.length, 3);
  });
});

describe('the document', () => {
  test('is the contract, as YAML and as JSON', async () => {
    const text = await readFile(inRoot('openapi.yaml'), 'utf8');
    const yaml = await read('/api/openapi.yaml');
    assert.equal(yaml.headers.get('content-type'), 'application/yaml');
    assert.equal(yaml.body, text);
    const whole = await server.call<object>('/api/openapi.json');
    assert.deepEqual(whole.body, parse(text));
  });

  test('need not be sent again, and comes compressed where that is understood', async () => {
    for (const path of ['/api/docs', '/api/openapi.yaml', '/api/openapi.json']) {
      const plain = await read(path, { 'accept-encoding': 'identity' });
      assert.equal(plain.headers.get('content-encoding'), null);
      const gzipped = await read(path, { 'accept-encoding': 'br, gzip' });
      assert.equal(gzipped.headers.get('content-encoding'), 'gzip');
      assert.deepEqual(gzipped.body, plain.body);
      assert.match(plain.headers.get('vary') ?? '', /Accept-Encoding/);
      const etag = plain.headers.get('etag') ?? '';
      const again = await read(path, { 'if-none-match': etag });
      assert.equal(again.status, 304);
      assert.equal(again.body, '');
      const head = await server.call<string>(path, { method: 'HEAD' });
      assert.equal(head.status, 200);
      assert.equal(head.body, '');
    }
  });
});
