/** Two builds of the elements on one page, such as a portal and one of its plug-ins bring them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { Site } from './fixture.ts';
import { isIn, reads } from './seeing.ts';

let site: Site;
before(async () => {
  site = await Site.open();
  await site.send({});
});
after(() => site.close());

/** Loads the service's bundle and then another of this version; tells what the console was told. */
async function meet(t: Parameters<Site['visit']>[0], version: string | undefined) {
  const entry = join(import.meta.dirname, 'fixtures', 'plugin.js');
  const body = await bundle(entry, version === undefined ? {} : { version });
  site.portal.put('/plugin.js', { type: 'text/javascript', body });
  const context = await site.window(t);
  const warnings: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'warning') warnings.push(message.text());
  });
  const page = await site.visit(
    t,
    {
      body: `<cb-provider base-url="${site.url}" token-url="/token">
          <cb-stat-card metric="requests"></cb-stat-card>
          <cb-exec-stream></cb-exec-stream>
        </cb-provider>`,
      head: '<script type="module" src="/plugin.js"></script>',
    },
    context,
  );
  await page.locator('[data-plugin=ready]').waitFor();
  await reads(page.locator('cb-stat-card .value .hidden'), '1');
  await reads(page.locator('tbody tr'), /Completed/);
  await isIn(page.locator('cb-stat-card, cb-exec-stream'), 'live');
  return warnings;
}

test('the first one runs, and a warning names both where they are of different versions', async (t) => {
  const warnings = await meet(t, '9.9.9');
  assert.deepEqual(
    warnings.sort(),
    ['cb-exec-stream', 'cb-provider', 'cb-stat-card'].map(
      (tag) => `<${tag}> is already defined by version 0.1.0; version 9.9.9 is ignored.`,
    ),
  );
});

test('nothing is said where they are of the same version', async (t) => {
  assert.deepEqual(await meet(t, undefined), []);
});
