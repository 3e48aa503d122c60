/** Somebody who signed in, in several tabs and over the end of their tokens. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signIn } from './dashboard.ts';
import { Site } from './fixture.ts';
import { isIn, reads } from './seeing.ts';

const ALL = 'cb-stat-card, cb-exec-stream';

let site: Site;
before(async () => {
  site = await Site.open();
  await site.send({ user: 'ada' });
});
after(() => site.close());

test('tabs share a login: its tokens are renewed under all of them, its end ends all', async (t) => {
  const context = await site.window(t);
  const url = site.publish({
    body: `<cb-provider base-url="${site.url}" auth="password">
        <cb-login></cb-login>
        <cb-stat-card metric="requests"></cb-stat-card>
        <cb-exec-stream></cb-exec-stream>
      </cb-provider>`,
  });
  const first = await context.newPage();
  await first.goto(url);
  await signIn(first);
  await isIn(first.locator(ALL), 'live');
  const others = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const tab = await context.newPage();
      await tab.goto(url);
      return tab;
    }),
  );
  const tabs = [first, ...others];
  for (const tab of tabs) await isIn(tab.locator(ALL), 'live');

  // Twice: what was renewed by one tab is what the others go on with.
  for (const [at, user] of ['grace', 'linus'].entries()) {
    site.server.advance(16 * 60_000);
    await site.send({ user });
    for (const tab of tabs) {
      await reads(tab.locator('tbody tr').first(), new RegExp(user));
      await reads(tab.locator('cb-stat-card .value .hidden'), String(at + 2));
      await isIn(tab.locator(ALL), 'live');
    }
  }

  await first.locator('cb-login [part=who]').click();
  await first.getByRole('button', { name: 'Sign out' }).click();
  for (const tab of tabs) {
    await isIn(tab.locator(ALL), 'forbidden');
    assert.equal(await tab.getByLabel('Password').count(), 1);
  }
});
