/** A service that fails, hangs or is gone, as a reader of the page sees it. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { patience } from '../support/patience.ts';
import { Site } from './fixture.ts';
import { Gateway } from './gateway.ts';
import { isIn, reads, textOf } from './seeing.ts';

const ALL = 'cb-stat-card, cb-exec-stream, cb-usage-timeline';

let site: Site;
let gateway: Gateway;
before(async () => {
  site = await Site.open();
  await site.send({ user: 'ada' });
});
after(() => site.close());
beforeEach(async () => {
  gateway = await Gateway.start(site.url);
});
afterEach(() => gateway.close());

/** A page whose elements reach the service through the gateway; it must never be loaded again. */
async function visit(t: TestContext, prepare?: (page: Page) => Promise<void>): Promise<Page> {
  const context = await site.window(t);
  const page = await context.newPage();
  await prepare?.(page);
  await page.goto(
    site.publish({
      body: `<cb-provider base-url="${gateway.url}" token-url="/token">
          <cb-stat-card metric="requests"></cb-stat-card>
          <cb-exec-stream></cb-exec-stream>
          <cb-usage-timeline></cb-usage-timeline>
        </cb-provider>`,
    }),
  );
  page.on('framenavigated', () => assert.fail('The page was loaded again.'));
  return page;
}

async function isWell(page: Page, requests: string): Promise<void> {
  await isIn(page.locator(ALL), 'fresh', patience(30_000));
  await isIn(page.locator(ALL), 'live', patience(30_000));
  await reads(page.locator('cb-stat-card .value .hidden'), requests);
}

/** Lets time pass for a page whose clock is held, until its elements are in a state. */
async function passes(page: Page, state: string): Promise<void> {
  await eventually(`all are ${state}`, async () => {
    await page.clock.runFor(2_000);
    return page
      .locator(ALL)
      .evaluateAll((all, it) => all.every((each) => each.matches(`:state(${it})`)), state);
  });
}

const card = (page: Page) => page.locator('cb-stat-card .base');

describe('a service', () => {
  it('that answers 500 is said to have failed, and is asked again by itself', async (t) => {
    gateway.be('failing');
    const page = await visit(t);
    await isIn(page.locator(ALL), 'error');
    await reads(card(page), /The service failed.*Code 500.*Trying again/);
    await reads(card(page), /Something failed in the service\./);
    gateway.be('passing');
    await isWell(page, '1');
  });

  it('is asked at once by whoever does not want to wait', async (t) => {
    gateway.be('failing');
    const page = await visit(t, (it) => it.clock.install());
    await isIn(page.locator(ALL), 'error');
    // From here on nothing asks by itself.
    await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000));
    await isIn(page.locator(ALL), 'error');
    gateway.be('passing');
    const { asked } = gateway;
    await page.locator('cb-stat-card').getByRole('button', { name: 'Try now' }).press('Enter');
    await eventually('it is asked', () => gateway.asked > asked);
    await passes(page, 'live');
    await reads(page.locator('cb-stat-card .value .hidden'), '1');
  });

  it('that hangs is waited for, and then said to be out of reach', async (t) => {
    gateway.be('hanging');
    const page = await visit(t, (it) => it.clock.install());
    await isIn(page.locator(ALL), 'loading');
    await passes(page, 'error');
    await reads(card(page), /Can’t reach the service.*Code TimeoutError/);
    gateway.be('passing');
    await passes(page, 'live');
    await isWell(page, '1');
  });

  it('that is not there is said to be out of reach, until it is', async (t) => {
    await gateway.leave();
    const page = await visit(t);
    await isIn(page.locator(ALL), 'error');
    await reads(card(page), /Can’t reach the service.*Code ConnectionError/);
    await gateway.return();
    await isWell(page, '1');
  });
});

describe('a service that goes away while its page is open', () => {
  it('leaves what it said, with its age, and everything is there when it is back', async (t) => {
    const page = await visit(t, (it) => it.clock.install());
    await isWell(page, '1');
    await gateway.leave();
    await passes(page, 'stale');
    await reads(page.locator('cb-stat-card .value .hidden'), '1');
    await reads(page.locator('tbody tr'), /ada/);
    for (const chip of await page.locator('[part=freshness]').all()) {
      assert.match(await textOf(chip), /^(?:\d+ s|\d+ min) old$/);
    }
    await site.send({ user: 'grace' });
    await gateway.return();
    await passes(page, 'live');
    await isWell(page, '2');
    await reads(page.locator('tbody tr'), [/grace/, /ada/]);
  });

  it('or fails, keeps what it said as well', async (t) => {
    const page = await visit(t, (it) => it.clock.install());
    await isWell(page, '2');
    gateway.be('failing');
    await passes(page, 'stale');
    await reads(page.locator('cb-stat-card .value .hidden'), '2');
    gateway.be('passing');
    await passes(page, 'live');
    await isWell(page, '2');
  });
});

describe('a connection that breaks', () => {
  it('is made again and goes on where it was: nothing is missed, nothing comes twice', async (t) => {
    const page = await visit(t);
    await isWell(page, '2');
    // Cut, and what happens before it is back comes after it.
    gateway.be('passing');
    await site.send({ user: 'linus' }, { user: 'barbara' });
    await reads(page.locator('tbody tr'), [/barbara/, /linus/, /grace/, /ada/], patience(30_000));
    await isWell(page, '4');
  });
});

describe('a proxy that knows no WebSockets', () => {
  it('keeps nothing from being pushed', async (t) => {
    gateway.be('without-sockets');
    const page = await visit(t);
    await isWell(page, '4');
    await site.send({ user: 'hedy' });
    await reads(page.locator('tbody tr'), [/hedy/, /barbara/, /linus/, /grace/, /ada/]);
    await isWell(page, '5');
  });
});
