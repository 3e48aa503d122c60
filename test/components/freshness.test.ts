import { assert } from 'chai';
import { html } from 'lit';
import '../../components/cb-stat-card/define.ts';
import type { CbStatCard } from '../../components/cb-stat-card/cb-stat-card.ts';
import { patience } from '../support/patience.ts';
import { startServer, type TestServer } from './server.ts';
import { show, textOf, until } from './support.ts';

const DOMAIN = 'app.example.com';

const isLive = (card: Element) => card.matches(':state(live)');

describe('how up to date a cb-stat-card is', () => {
  let server: TestServer;

  before(async function () {
    this.timeout(patience(60_000));
    server = await startServer();
    await server.send({ domain: DOMAIN });
  });

  after(() => server.stop());

  /** A card with a session of its own. */
  const card = async (metric: string) => {
    const { token } = await server.account('viewer');
    return show<CbStatCard>(
      html`<cb-stat-card
        metric=${metric}
        base-url=${server.url}
        token=${token}
        domain=${DOMAIN}
        refresh="60"
      ></cb-stat-card>`,
    );
  };

  it('asks as often as it is told, and not at once because that changes', async () => {
    const { fetch: originalFetch, WebSocket: OriginalWebSocket } = globalThis;
    let asked = 0;
    globalThis.fetch = (input, init) => {
      const { url } = input as Request;
      if (url.includes('/api/live')) return Promise.resolve(new Response(null, { status: 404 }));
      if (url.includes('/api/stats/overview')) asked++;
      return originalFetch(input, init);
    };
    // @ts-expect-error Nothing is pushed here: this is about asking.
    globalThis.WebSocket = undefined;
    try {
      const element = await card('users.active');
      await until(() => element.status === 'fresh', 'the figure');
      assert.equal(asked, 1);
      element.refresh = 1;
      await element.updateComplete;
      assert.equal(asked, 1, 'it is only to ask more often');
      await until(() => asked >= 3, 'more questions');
    } finally {
      Object.assign(globalThis, { fetch: originalFetch, WebSocket: OriginalWebSocket });
    }
  });

  it('never says that it is younger than it is', async () => {
    const { fetch: originalFetch, WebSocket: Original } = globalThis;
    const sockets: WebSocket[] = [];
    globalThis.WebSocket = class extends Original {
      constructor(...args: ConstructorParameters<typeof WebSocket>) {
        super(...args);
        sockets.push(this);
      }
    };
    try {
      const element = await card('requests');
      await until(() => isLive(element), 'the figure, live');
      globalThis.fetch = () => Promise.resolve(new Response(null, { status: 503 }));
      element.retry();
      await until(() => element.status === 'stale', 'the failure');
      await element.updateComplete;
      assert.match(textOf(element, '.chip'), /\d s old/, 'its age, at once');
      await until(() => /[3-9] s old/.test(textOf(element, '.chip')), 'some seconds');
      for (const socket of sockets) {
        const { onclose } = socket;
        socket.close();
        onclose?.call(socket, new CloseEvent('close', { code: 1006 }));
      }
      await until(() => !isLive(element), 'the end of the connection');
      assert.match(textOf(element, '.chip'), /[3-9] s old/);
    } finally {
      Object.assign(globalThis, { fetch: originalFetch, WebSocket: Original });
    }
  });
});
