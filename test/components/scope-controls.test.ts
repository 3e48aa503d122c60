import { assert } from 'chai';
import { html, type TemplateResult } from 'lit';
import '../../components/cb-exec-stream/define.ts';
import '../../components/cb-provider/define.ts';
import '../../components/cb-refresh/define.ts';
import '../../components/cb-scope/define.ts';
import '../../components/cb-stat-card/define.ts';
import '../../components/cb-timeframe/define.ts';
import type { CbProvider } from '../../components/cb-provider/cb-provider.ts';
import type { CbScopeChangeEvent, CbTimeframeChangeEvent } from '../../src/element/events.ts';
import { patience } from '../support/patience.ts';
import { assertLeavesNothing } from './leftovers.ts';
import { startServer, type TestServer } from './server.ts';
import {
  assertAccessible,
  assertCollected,
  assertKeepsPolicy,
  inside,
  show,
  textOf,
  until,
} from './support.ts';

const SHOP = 'shop.example.com';
const DOCS = 'docs.example.com';

let server: TestServer;

before(async function () {
  this.timeout(patience(60_000));
  server = await startServer();
  await server.send(
    { domain: SHOP, user: 'ada' },
    { domain: SHOP, user: 'ada' },
    { domain: DOCS, user: 'bob' },
  );
});

after(() => server.stop());

const value = (card: Element | null) => (card ? textOf(card, '.value .hidden') : '');

async function page(content: TemplateResult): Promise<CbProvider> {
  return show<CbProvider>(
    html`<cb-provider base-url=${server.url} token=${server.token} locale="en"
      >${content}</cb-provider
    >`,
  );
}

const controls = html`<cb-timeframe></cb-timeframe><cb-scope></cb-scope><cb-refresh></cb-refresh>
  <cb-stat-card metric="requests"></cb-stat-card><cb-exec-stream></cb-exec-stream>`;

/** The page with all controls, once everything in it is live. */
async function livePage(): Promise<CbProvider> {
  const provider = await page(controls);
  const all = [...provider.querySelectorAll('cb-stat-card, cb-exec-stream')];
  await until(() => all.every((it) => it.matches(':state(live)')), 'the figures, live');
  const refresh = provider.querySelector('cb-refresh')!;
  const scope = provider.querySelector('cb-scope')!;
  await until(() => inside(scope, `option[value="${SHOP}"]`), 'the names');
  await until(() => inside(refresh, '[part=freshness]'), 'the freshness');
  return provider;
}

const buttonOf = (element: Element, text: string) =>
  [...element.shadowRoot!.querySelectorAll('button')].find((it) => it.textContent.trim() === text);

/** Counts the requests for data that are sent until it is stopped. */
function countRequests() {
  const original = globalThis.fetch;
  let count = 0;
  globalThis.fetch = (input, init) => {
    count++;
    return original(input, init);
  };
  return () => {
    globalThis.fetch = original;
    return count;
  };
}

describe('cb-timeframe', () => {
  it('sets the period of all, in one request, and says so', async () => {
    const provider = await livePage();
    const timeframe = provider.querySelector('cb-timeframe')!;
    const events: (string | undefined)[] = [];
    provider.addEventListener('cb-timeframe-change', (event: CbTimeframeChangeEvent) => {
      events.push(event.timeframe);
    });
    const pressed = () => textOf(timeframe, '[aria-pressed=true]');
    assert.equal(pressed(), '24 h');
    const stop = countRequests();
    buttonOf(timeframe, '7 days')?.click();
    const all = [...provider.querySelectorAll('cb-stat-card, cb-exec-stream')];
    await until(() => all.every((it) => it.matches(':state(updating)')), 'the wait of all');
    await until(() => all.every((it) => !it.matches(':state(updating)')), 'the new figures');
    assert.equal(stop(), 1);
    assert.equal(provider.timeframe, '7d');
    assert.equal(pressed(), '7 days');
    assert.deepEqual(events, ['7d']);
  });

  it('takes days of one’s own in a time zone, and refuses what is none', async () => {
    const provider = await livePage();
    const timeframe = provider.querySelector('cb-timeframe')!;
    const card = provider.querySelector('cb-stat-card');
    const field = (name: string) =>
      inside(timeframe, `[name=${name}]`) as HTMLInputElement | HTMLSelectElement;
    inside(timeframe, '[part=custom]')?.click();
    await until(() => inside(timeframe, '#panel:popover-open'), 'the panel');
    assert.equal(timeframe.shadowRoot?.activeElement, field('from'));
    const apply = () => inside(timeframe, '[type=submit]')?.click();
    apply();
    await until(
      () => textOf(timeframe, '[role=alert]') === 'Enter the first and the last day.',
      'why',
    );
    field('from').value = '2026-01-07';
    field('to').value = '2026-01-01';
    apply();
    await until(
      () => textOf(timeframe, '[role=alert]') === 'The last day is before the first.',
      'why',
    );
    field('to').value = '2026-01-08';
    field('timezone').value = 'Asia/Tokyo';
    (inside(timeframe, '[name=compare]') as HTMLInputElement).click();
    apply();
    await until(() => !inside(timeframe, '#panel:popover-open'), 'the end of the panel');
    const { from, to, timezone, compare, timeframe: named } = provider.settings.get();
    assert.deepEqual(
      { from, to, timezone, compare, named },
      {
        from: '2026-01-06T15:00:00.000Z',
        to: '2026-01-08T15:00:00.000Z',
        timezone: 'Asia/Tokyo',
        compare: 'none',
        named: undefined,
      },
    );
    await until(() => value(card) === '0', 'the figure of those days');
    await until(() => /^Jan 7\s*–\s*8, 2026$/.test(textOf(timeframe, '[part=custom]')), 'the days');
    buttonOf(timeframe, '24 h')?.click();
    await until(() => value(card) === '3', 'the figure of the preset');
    assert.isUndefined(provider.settings.get().from);
  });

  it('is a list where it is narrow', async () => {
    const provider = await livePage();
    const timeframe = provider.querySelector('cb-timeframe')!;
    timeframe.style.inlineSize = '300px';
    const list = inside(timeframe, 'select.narrow') as HTMLSelectElement;
    await until(() => list.getClientRects().length > 0, 'the list');
    assert.equal(inside(timeframe, '.wide')?.getClientRects().length, 0);
    list.value = '30d';
    list.dispatchEvent(new Event('change'));
    assert.equal(provider.timeframe, '30d');
  });
});

describe('cb-scope', () => {
  it('filters by what there is, and keeps to what an element says itself', async () => {
    const provider = await livePage();
    const scope = provider.querySelector('cb-scope')!;
    const own = document.createElement('cb-stat-card');
    own.metric = 'requests';
    own.domain = DOCS;
    provider.append(own);
    await until(() => value(own) === '1', 'its own domain');
    const events: unknown[] = [];
    provider.addEventListener('cb-scope-change', (event: CbScopeChangeEvent) => {
      events.push({ ...event.filters });
    });
    const list = inside(scope, '[name=domain]') as HTMLSelectElement;
    list.value = SHOP;
    list.dispatchEvent(new Event('change'));
    await until(() => value(provider.querySelector('cb-stat-card')) === '2', 'the domain');
    assert.equal(value(own), '1');
    assert.deepEqual(events, [
      { domain: SHOP, model: undefined, agent: undefined, user: undefined },
    ]);
    buttonOf(scope, 'Clear filters')?.click();
    await until(() => value(provider.querySelector('cb-stat-card')) === '3', 'all domains');
  });

  it('offers no names to a reader who may not see them', async () => {
    const { token } = await server.account('viewer');
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} token=${token}>
        <cb-scope dimensions="domain user"></cb-scope>
      </cb-provider>`,
    );
    const scope = provider.querySelector('cb-scope')!;
    await until(() => inside(scope, `option[value="${SHOP}"]`), 'the domains');
    await until(() => !inside(scope, '[name=user]'), 'no users');
  });
});

describe('cb-refresh', () => {
  it('says that all is live, and refreshes all at once', async () => {
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} token=${server.token} locale="en"
        ><cb-refresh></cb-refresh><cb-stat-card metric="requests"></cb-stat-card
        ><cb-exec-stream></cb-exec-stream
      ></cb-provider>`,
    );
    const refresh = provider.querySelector('cb-refresh')!;
    await until(() => textOf(refresh, '[part=freshness]') === 'Live', 'the live dot');
    const stop = countRequests();
    inside(refresh, '[part=refresh]')?.click();
    await until(() => provider.session?.overall.get().loading === false, 'the answers');
    assert.equal(stop(), 1);
  });

  it('has one message for all that could not be updated', async () => {
    const own = await startServer({ own: true });
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${own.url} token=${own.token} refresh="1" locale="en"
        ><cb-refresh></cb-refresh><cb-stat-card metric="requests" without-trend></cb-stat-card
        ><cb-exec-stream></cb-exec-stream
      ></cb-provider>`,
    );
    const refresh = provider.querySelector('cb-refresh')!;
    await until(() => textOf(refresh, '[part=freshness]') === 'Live', 'the live dot');
    await own.stop();
    inside(refresh, '[part=refresh]')?.click();
    await until(
      () => textOf(refresh, '[role=status]') === '2 views could not be updated.',
      'the failures',
      patience(30_000),
    );
    assert.equal(refresh.status, 'stale');
    await assertAccessible(refresh);
  });
});

describe('a scope in the URL', () => {
  const original = location.href;
  afterEach(() => history.replaceState(null, '', original));

  it('is taken from there, kept there, and undone by Back', async () => {
    history.replaceState(null, '', '?keep=1&cb-timeframe=7d&cb-domain=shop.example.com');
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} token=${server.token} sync-url>
        <cb-stat-card metric="requests"></cb-stat-card>
      </cb-provider>`,
    );
    const card = provider.querySelector('cb-stat-card')!;
    await until(() => value(card) === '2', 'the figure of the domain');
    assert.equal(provider.settings.get().timeframe, '7d');
    provider.change({ domain: DOCS });
    await until(() => value(card) === '1', 'the figure of the other one');
    assert.equal(new URLSearchParams(location.search).get('cb-domain'), DOCS);
    assert.equal(new URLSearchParams(location.search).get('keep'), '1');
    provider.selection.set('execution', 'abc');
    await until(() => location.search.includes('cb-selected-execution=abc'), 'the selection');
    history.back();
    await until(() => provider.selection.get('execution') === undefined, 'no selection');
    history.back();
    await until(() => value(card) === '2', 'the first domain');
  });
});

describe('the controls', () => {
  it('are accessible, open panel included', async () => {
    const provider = await livePage();
    await assertAccessible(provider);
    inside(provider.querySelector('cb-timeframe')!, '[part=custom]')?.click();
    await assertAccessible(provider);
  });

  it('say that they need a provider', async () => {
    for (const tag of ['cb-timeframe', 'cb-scope', 'cb-refresh']) {
      const element = document.createElement(tag);
      element.setAttribute('locale', 'en');
      document.querySelector('main')?.append(element);
      await until(() => textOf(element, '[role=alert]') === 'Place this in a <cb-provider>.', tag);
      assert.isTrue(element.matches(':state(error)'));
      element.remove();
    }
  });

  it('leave no timer, no observer and no listener behind', async () => {
    await assertLeavesNothing(livePage);
  });

  it('are collected once they are removed', async () => {
    await assertCollected(async () => (await livePage()).querySelector('cb-timeframe')!);
    await assertCollected(async () => (await livePage()).querySelector('cb-scope')!);
    await assertCollected(async () => (await livePage()).querySelector('cb-refresh')!);
  });

  it('keep to a strict policy', async () => {
    await assertKeepsPolicy(livePage);
  });
});
