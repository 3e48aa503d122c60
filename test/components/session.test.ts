import { assert } from 'chai';
import { html } from 'lit';
import '../../components/cb-provider/define.ts';
import '../../components/cb-stat-card/define.ts';
import type { CbProvider } from '../../components/cb-provider/cb-provider.ts';
import type { CbStatCard } from '../../components/cb-stat-card/cb-stat-card.ts';
import { patience } from '../support/patience.ts';
import { startServer, type TestServer } from './server.ts';
import { assertAccessible, inside, show, textOf, until } from './support.ts';

const DOMAIN = 'app.example.com';

const value = (card: Element) => textOf(card, '.value .hidden');
const isLive = (card: Element) => card.matches(':state(live)');

describe('a session that outlives its tokens and its server', () => {
  let server: TestServer;

  before(async function () {
    this.timeout(patience(60_000));
    server = await startServer({ own: true });
    await server.send({ domain: DOMAIN }, { domain: DOMAIN });
  });

  after(() => server.stop());

  it('gets tokens from the page, and a new one when the old has ended, without a flicker', async () => {
    const { email, password } = await server.account('viewer');
    const login = async () => {
      const response = await fetch(`${server.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password }),
      });
      return ((await response.json()) as { accessToken: string }).accessToken;
    };
    let gotten = 0;
    const getToken = () => {
      gotten++;
      return login();
    };
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} .getToken=${getToken}>
        <cb-stat-card metric="requests"></cb-stat-card>
      </cb-provider>`,
    );
    const [card] = [...provider.querySelectorAll('cb-stat-card')] as [CbStatCard];
    await until(() => isLive(card) && card.status === 'fresh', 'the figure');
    assert.equal(gotten, 1);
    const seen = new Set<string>();
    const observer = new MutationObserver(() => seen.add(card.status));
    observer.observe(card.shadowRoot!, { subtree: true, childList: true, characterData: true });
    await server.advance(16 * 60_000);
    await server.send({ domain: DOMAIN });
    provider.session?.wake();
    await until(() => value(card) === '3', 'what happened meanwhile');
    observer.disconnect();
    assert.isAtMost(gotten, 3);
    assert.isFalse(seen.has('loading') || seen.has('forbidden'), [...seen].join());
  });

  it('keeps what was shown, with its age, when the server goes away', async () => {
    const { token } = await server.account('viewer');
    const element = await show<CbStatCard>(
      html`<cb-stat-card
        metric="requests"
        refresh="1"
        base-url=${server.url}
        token=${token}
      ></cb-stat-card>`,
    );
    await until(() => isLive(element) && value(element) === '3', 'the figure, live');
    const chip = () => inside(element, '.chip')?.getClientRects().length;
    element.style.inlineSize = '200px';
    await server.stop();
    await until(() => !isLive(element), 'the end of the connection');
    await until(() => element.status === 'stale', 'the state');
    assert.equal(value(element), '3');
    await until(() => /\d s old/.test(textOf(element, '.chip')), 'the age');
    assert.equal(chip(), 1, 'the age is shown however narrow it is');
    await assertAccessible(element);
  });
});
