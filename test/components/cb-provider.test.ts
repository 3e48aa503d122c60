import { bearer, CloudBrain, type StatsOverview } from '@cloudbrain/sdk';
import { computed, Signal } from '@lit-labs/signals';
import { assert } from 'chai';
import { html } from 'lit';
import { CbProvider } from '../../components/cb-provider/cb-provider.ts';
import '../../components/cb-stat-card/define.ts';
import type { CbStatCard } from '../../components/cb-stat-card/cb-stat-card.ts';
import type { QueryState } from '../../src/data/status.ts';
import { define } from '../../src/element/define.ts';
import type { CbAuthRequiredEvent } from '../../src/element/events.ts';
import { patience } from '../support/patience.ts';
import { assertLeavesNothing } from './leftovers.ts';
import { startServer, type TestServer } from './server.ts';
import { assertCollected, assertKeepsPolicy, inside, show, textOf, until } from './support.ts';

const SHOP = 'shop.example.com';
const DOCS = 'docs.example.com';

/** Counts the requests for data that are sent until it is stopped. */
function countRequests() {
  const original = globalThis.fetch;
  const paths: string[] = [];
  globalThis.fetch = (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    if (!pathname.startsWith('/api/auth/')) paths.push(pathname);
    return original(input, init);
  };
  return { paths, stop: () => void (globalThis.fetch = original) };
}

/** Counts the WebSockets that are opened until it is stopped. */
function countSockets() {
  const Original = globalThis.WebSocket;
  const counter = {
    opened: 0,
    stop: () => void (globalThis.WebSocket = Original),
  };
  globalThis.WebSocket = class extends Original {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      counter.opened++;
    }
  };
  return counter;
}

const value = (card: Element) => textOf(card, '.value .hidden');

describe('cb-provider', () => {
  let server: TestServer;

  before(async function () {
    this.timeout(patience(60_000));
    server = await startServer();
    await server.send({ domain: SHOP }, { domain: SHOP }, { domain: DOCS });
  });

  after(() => server.stop());

  const cardsOf = (provider: Element) => [...provider.querySelectorAll('cb-stat-card')];

  it('may come after its elements', async () => {
    assert.isUndefined(customElements.get('cb-provider'));
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} token=${server.token}>
        <cb-stat-card metric="requests"></cb-stat-card>
      </cb-provider>`,
    );
    const [card] = cardsOf(provider);
    assert.equal(card?.status, 'loading');
    define('cb-provider', CbProvider);
    // Live, so that no connection of its own begins during the next test.
    await until(() => card?.matches(':state(live)'), 'the figure, live');
    assert.equal(value(card!), '3');
  });

  it('asks once for all who want to know, over one connection', async () => {
    const requests = countRequests();
    const sockets = countSockets();
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} token=${server.token}>
        ${Array.from({ length: 50 }, () => html`<cb-stat-card metric="requests"></cb-stat-card>`)}
      </cb-provider>`,
    );
    const cards = cardsOf(provider);
    const isDone = (card: Element) => card.matches(':state(live)') && value(card) === '3';
    await until(() => cards.every(isDone), 'fifty live cards');
    sockets.stop();
    requests.stop();
    assert.deepEqual(requests.paths, ['/api/batch'], 'the figures and their trend');
    assert.equal(sockets.opened, 1);
  });

  it('asks once for sixty different figures, and once more for what comes later', async () => {
    const requests = countRequests();
    const days = Array.from(
      { length: 30 },
      (_, day) => `2026-01-${String(day + 1).padStart(2, '0')}`,
    );
    const cards = (from: string) =>
      html`<cb-stat-card metric="requests" from="${from}T00:00:00Z"></cb-stat-card>
        <cb-stat-card metric="errorRate" from="${from}T00:00:00Z"></cb-stat-card>`;
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} token=${server.token}
        >${days.map(cards)}</cb-provider
      >`,
    );
    const isDone = () => cardsOf(provider).every(({ status }) => status === 'fresh');
    await until(isDone, 'sixty figures');
    assert.deepEqual(requests.paths, ['/api/batch'], '30 overviews and 30 timelines');
    for (const card of cardsOf(provider).slice(0, 9)) {
      const copy = card.cloneNode() as Element;
      copy.setAttribute('domain', SHOP);
      provider.append(copy);
    }
    await until(isDone, 'what came later');
    requests.stop();
    assert.lengthOf(requests.paths, 2);
  });

  it('lets a page follow a query with its own signals', async () => {
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} token=${server.token} domain=${DOCS}>
        <cb-stat-card metric="requests"></cb-stat-card>
      </cb-provider>`,
    );
    const [card] = cardsOf(provider) as [CbStatCard];
    const requests = computed(() => {
      const { data } = card.queryState.get() as QueryState<StatsOverview>;
      return data?.requests;
    });
    const seen: unknown[] = [];
    const watcher = new Signal.subtle.Watcher(() =>
      queueMicrotask(() => {
        if (seen.at(-1) !== requests.get()) seen.push(requests.get());
        watcher.watch();
      }),
    );
    watcher.watch(requests);
    seen.push(requests.get());
    await until(() => seen.at(-1) === 1, 'the figure');
    provider.domain = SHOP;
    await until(() => seen.at(-1) === 2, 'that of the other domain');
    assert.deepEqual(seen, [undefined, 1, 2]);
    watcher.unwatch(requests);
  });

  it('keeps what was shown until the new figures are there', async () => {
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} token=${server.token} domain=${SHOP}>
        <cb-stat-card metric="requests"></cb-stat-card>
      </cb-provider>`,
    );
    const [card] = cardsOf(provider) as [CbStatCard];
    await until(() => value(card) === '2', 'the figure');
    const seen = new Set<string>();
    const note = () => seen.add(`${card.status} ${value(card)}`);
    const observer = new MutationObserver(note);
    observer.observe(card.shadowRoot!, { subtree: true, childList: true, characterData: true });
    provider.domain = DOCS;
    await until(() => card.matches(':state(updating)'), 'the wait for the new one');
    assert.equal(value(card), '2');
    await until(() => value(card) === '1', 'the new figure');
    observer.disconnect();
    assert.isFalse(card.matches(':state(updating)'));
    assert.isFalse(
      [...seen].some((it) => it.startsWith('loading')),
      [...seen].join(),
    );
  });

  it('answers for what an element leaves out, and asks again when that changes', async () => {
    const provider = await show<CbProvider>(
      html`<cb-provider
        base-url=${server.url}
        token=${server.token}
        domain=${SHOP}
        locale="de"
        density="compact"
      >
        <cb-stat-card metric="requests"></cb-stat-card>
        <cb-stat-card metric="requests" domain=${DOCS} locale="en"></cb-stat-card>
      </cb-provider>`,
    );
    const [shop, docs] = cardsOf(provider) as [CbStatCard, CbStatCard];
    await until(() => value(shop) === '2' && value(docs) === '1', 'both figures');
    assert.equal(textOf(shop, '.heading'), 'Anfragen');
    assert.equal(textOf(docs, '.heading'), 'Requests');
    assert.isTrue(shop.matches(':state(compact)'));
    provider.domain = DOCS;
    await until(() => value(shop) === '1', 'the figure of the other domain');
  });

  it('in another one shares its session, and what it leaves out', async () => {
    const requests = countRequests();
    const outer = await show<CbProvider>(
      html`<cb-provider
        base-url=${server.url}
        token=${server.token}
        domain=${SHOP}
        timeframe="today"
        locale="de"
        refresh="60"
      >
        <cb-stat-card metric="requests"></cb-stat-card>
        <cb-provider from="2020-01-01T00:00:00Z">
          <cb-stat-card metric="requests"></cb-stat-card>
        </cb-provider>
        <cb-provider .locale=${undefined}>
          <cb-stat-card metric="errors"></cb-stat-card>
        </cb-provider>
      </cb-provider>`,
    );
    const [since2020, same] = [...outer.querySelectorAll('cb-provider')] as [
      CbProvider,
      CbProvider,
    ];
    await until(() => cardsOf(outer).every(({ status }) => status === 'fresh'), 'the figures');
    for (const card of cardsOf(outer))
      assert.include(['Anfragen', 'Fehler'], textOf(card, '.heading'));
    assert.equal(same.session, outer.session);
    requests.stop();
    assert.deepEqual(requests.paths, ['/api/batch']);
    // A period is taken whole.
    const settings = since2020.settings.get();
    assert.deepEqual([settings.domain, settings.timeframe], [SHOP, undefined]);
    assert.include(same.settings.get(), { domain: SHOP, timeframe: 'today', refresh: 60 });
    assert.deepEqual(same.getAttributeNames(), ['storage'], 'attributes say what is set here');
    outer.domain = DOCS;
    await until(() => cardsOf(since2020).every((card) => value(card) === '1'), 'the other domain');
  });

  it('in another one has a session of its own once it has a token, and until it is moved', async () => {
    const outer = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} token=${server.token}>
        <cb-provider><cb-stat-card metric="requests"></cb-stat-card></cb-provider>
      </cb-provider>`,
    );
    const inner = outer.querySelector('cb-provider')!;
    const [card] = cardsOf(inner) as [CbStatCard];
    await until(() => card.status === 'fresh', 'the figure');
    Object.assign(inner, { baseUrl: server.url, token: 'forged' });
    await until(() => card.status === 'forbidden', 'the refusal of its own token');
    Object.assign(inner, { baseUrl: undefined, token: undefined });
    await until(() => card.status === 'fresh', 'the figure, again');
    assert.equal(inner.session, outer.session);
    const alone = outer.parentElement!.appendChild(inner);
    await until(() => alone.session && alone.session !== outer.session, 'a session of its own');
    outer.append(inner);
    await until(() => inner.session === outer.session, 'the shared session');
    await until(() => card.status === 'fresh', 'the figure, once more');
  });

  it('in another one signs in to that one', async () => {
    const { email, password } = await server.account('viewer');
    const outer = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} auth="password" storage="memory">
        <cb-provider timeframe="7d"><cb-stat-card metric="requests"></cb-stat-card></cb-provider>
      </cb-provider>`,
    );
    const inner = outer.querySelector('cb-provider')!;
    const [card] = cardsOf(inner) as [CbStatCard];
    await until(() => card.status === 'forbidden', 'the words for nobody');
    await inner.signIn({ email, password });
    assert.equal(outer.me?.email, email);
    assert.equal(inner.me?.email, email);
    await until(() => card.status === 'fresh', 'the figure');
    await inner.signOut();
    assert.isNull(outer.me);
  });

  it('says that a valid token is wanted, and goes on when there is one', async () => {
    let told = 0;
    const provider = await show<CbProvider>(
      html`<cb-provider
        base-url=${server.url}
        token="forged"
        @cb-auth-required=${(_: CbAuthRequiredEvent) => told++}
      >
        <cb-stat-card metric="requests"></cb-stat-card>
        <cb-stat-card metric="errors"></cb-stat-card>
      </cb-provider>`,
    );
    const [card] = cardsOf(provider) as [CbStatCard];
    await until(() => card.status === 'forbidden', 'the refusal');
    await until(() => textOf(card).includes('Sign in to see this.'), 'the words');
    assert.equal(told, 1);
    provider.token = server.token;
    await until(() => card.status === 'fresh', 'the figure');
  });

  it('with a login, is signed out at first, in after it, and out again', async () => {
    const { email, password } = await server.account('viewer');
    const events: (string | undefined)[] = [];
    const provider = await show<CbProvider>(
      html`<cb-provider
        base-url=${server.url}
        auth="password"
        storage="memory"
        @cb-session-change=${() => events.push(provider.me?.email ?? undefined)}
      >
        <cb-stat-card metric="requests"></cb-stat-card>
      </cb-provider>`,
    );
    const [card] = cardsOf(provider) as [CbStatCard];
    await until(() => card.status === 'forbidden', 'the words for nobody');
    const me = await provider.signIn({ email, password });
    assert.equal(me.role, 'viewer');
    await until(() => card.status === 'fresh', 'the figure');
    await provider.signOut();
    assert.deepEqual(events, [email, undefined]);
    await until(() => card.status === 'forbidden', 'nothing of what was shown');
  });

  it('takes a client of the page’s own, and lets go of it', async () => {
    const client = new CloudBrain({ baseUrl: server.url, auth: bearer(server.token) });
    const provider = await show<CbProvider>(
      html`<cb-provider .client=${client}
        ><cb-stat-card metric="requests"></cb-stat-card
      ></cb-provider>`,
    );
    const [card] = cardsOf(provider) as [CbStatCard];
    await until(() => card.status === 'fresh', 'the figure');
    assert.equal(provider.session?.core, client.core);
    provider.remove();
    await until(() => !provider.session, 'the end of the session');
    document.querySelector('main')?.append(provider);
    await until(() => card.status === 'fresh', 'the figure, again');
  });

  it('never sends its token to an address that an element names', async () => {
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} token=${server.token}>
        <cb-stat-card metric="requests" base-url="${server.url}/"></cb-stat-card>
      </cb-provider>`,
    );
    const [card] = cardsOf(provider) as [CbStatCard];
    await until(() => card.status === 'forbidden', 'the refusal of no token');
  });

  it('reaches elements in the shadow roots of others', async () => {
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} token=${server.token}><div></div></cb-provider>`,
    );
    const root = provider.querySelector('div')!.attachShadow({ mode: 'open' });
    root.innerHTML = '<cb-stat-card metric="requests"></cb-stat-card>';
    const card = root.querySelector('cb-stat-card')!;
    await until(() => card.status === 'fresh', 'the figure');
    assert.isNotNull(inside(card, '.value'));
  });

  /** A provider around a card that hears what happens. */
  async function liveProvider(): Promise<CbProvider> {
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} token=${server.token}>
        <cb-stat-card metric="requests"></cb-stat-card>
      </cb-provider>`,
    );
    const [card] = cardsOf(provider);
    await until(() => card?.matches(':state(live)') && value(card) === '3', 'the live connection');
    return provider;
  }

  it('leaves no timer, no observer and no listener behind', async () => {
    await assertLeavesNothing(liveProvider);
  });

  it('is collected with its elements once it is removed', async () => {
    await assertCollected(liveProvider);
    await assertCollected(async () => {
      const outer = await liveProvider();
      const inner = outer.appendChild(document.createElement('cb-provider'));
      inner.innerHTML = '<cb-stat-card metric="errors"></cb-stat-card>';
      await until(() => cardsOf(inner)[0]?.matches(':state(live)'), 'the figure in the inner one');
      inner.remove();
      return inner;
    });
    await assertCollected(async () => cardsOf(await liveProvider())[0]!);
  });

  it('keeps to a strict policy', async () => {
    await assertKeepsPolicy(liveProvider);
  });
});
