/** Whatever names, errors and paths hold, an element shows it as text. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { hashPassword } from '../../server/auth/credentials.ts';
import { tracesBody } from '../../server/demo/otlp.ts';
import { Files, HOUR } from '../server/cleanup/files.ts';
import { Site } from './fixture.ts';
import { reads } from './seeing.ts';

const PASSWORD = 'correct horse battery staple';

/** Runs where it is taken for HTML, and says what it came with. */
const hostile = (what: string): string =>
  `${what}<img src=x onerror="globalThis.taken='${what}'"><script>globalThis.taken='${what}'</script>`;

const asText = (what: string): RegExp =>
  new RegExp(hostile(what).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));

let site: Site;
before(async () => {
  site = await Site.open();
});
after(() => site.close());

test('HTML and scripts in what telemetry, accounts and the disk are called stay text', async (t) => {
  const now = Date.now();
  const traceId = randomBytes(16).toString('hex');
  const body = tracesBody([
    {
      service: hostile('domain'),
      scope: hostile('scope'),
      items: [
        {
          traceId,
          spanId: randomBytes(8).toString('hex'),
          name: hostile('span'),
          start: now - 2_000,
          end: now - 1_000,
          attributes: {
            'gen_ai.operation.name': 'invoke_agent',
            'gen_ai.agent.name': hostile('agent'),
            'gen_ai.request.model': hostile('model'),
            'gen_ai.conversation.id': hostile('conversation'),
            'user.id': hostile('user'),
          },
          error: [hostile('type'), hostile('message')],
        },
      ],
    },
  ]);
  const token = await site.server.ingestKey();
  const headers = { 'content-type': 'application/json' };
  assert.equal((await site.server.call('/v1/traces', { token, body, headers })).status, 200);
  // No file's name has a slash in it.
  await Files.in(site.server.dataDir).directory(
    'tmp/<img src=x onerror=globalThis.taken=1>',
    HOUR * 9,
  );
  const email = 'hostile@example.com';
  await site.server.tenancy.createAccount(site.server.workspaceId, {
    email,
    name: hostile('name'),
    role: 'admin',
    domains: null,
    passwordHash: await hashPassword(PASSWORD),
  });

  const attribute = (what: string): string => hostile(what).replaceAll('"', '&quot;');
  const page = await site.visit(t, {
    body: `<cb-provider base-url="${site.url}" auth="password" storage="memory">
        <cb-login></cb-login>
        <cb-stat-card id="plain" heading="${attribute('heading')}" value="${attribute('value')}"
          description="${attribute('description')}"></cb-stat-card>
        <cb-stat-card id="metric" metric="${attribute('metric')}"></cb-stat-card>
        <cb-stat-card id="timeframe" metric="requests" timeframe="${attribute('timeframe')}"></cb-stat-card>
        <cb-exec-stream></cb-exec-stream>
        <cb-cleanup-monitor></cb-cleanup-monitor>
      </cb-provider>`,
  });
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');

  const row = page.locator('cb-exec-stream tbody tr');
  await reads(row.locator('.c-user'), asText('user'));
  await reads(row.locator('.c-model'), asText('model'));
  await reads(row.locator('.c-progress'), asText('type'));
  await reads(page.locator('#plain .heading'), asText('heading'));
  await reads(page.locator('#plain [part=description]'), asText('description'));
  await reads(page.locator('#metric .message'), asText('metric'));
  await reads(page.locator('#timeframe .message'), /Code 400/);
  await page.getByRole('button', { name: 'Run cleanup now' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click();
  await reads(
    page.locator('cb-cleanup-monitor tbody .c-path'),
    /^tmp\/<img src=x onerror=globalThis\.taken=1>$/,
  );
  await reads(page.locator('cb-login [part=who]'), asText('name'));
  await page.locator('cb-login [part=who]').click();
  await reads(page.locator('cb-login [part=panel] .name'), asText('name'));

  const made = await page.evaluate(() => {
    const found: string[] = [];
    const look = (root: Document | ShadowRoot): void => {
      for (const element of root.querySelectorAll('*')) {
        if (['img', 'script'].includes(element.localName) && root !== document) {
          found.push(element.outerHTML);
        }
        if (element.shadowRoot) look(element.shadowRoot);
      }
    };
    look(document);
    return { found, taken: (globalThis as { taken?: string }).taken };
  });
  assert.deepEqual(made, { found: [], taken: undefined });
});
