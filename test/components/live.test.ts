import { assert } from 'chai';
import { html } from 'lit';
import '../../components/cb-provider/define.ts';
import '../../components/cb-stat-card/define.ts';
import type { CbProvider } from '../../components/cb-provider/cb-provider.ts';
import type { CbStatCard } from '../../components/cb-stat-card/cb-stat-card.ts';
import { startServer, type TestServer } from './server.ts';
import { assertAccessible, inside, show, textOf, until } from './support.ts';

const DOMAIN = 'app.example.com';

describe('a stat card on a server', () => {
  let server: TestServer;

  before(async function () {
    this.timeout(60_000);
    server = await startServer();
    await server.send({ domain: DOMAIN }, { domain: DOMAIN, failed: true });
  });

  after(() => server.stop());

  const card = (metric: string) =>
    show<CbStatCard>(
      html`<cb-stat-card
        metric=${metric}
        base-url=${server.url}
        token=${server.token}
      ></cb-stat-card>`,
    );

  it('goes from its skeleton to the figure, live', async () => {
    const element = await card('requests');
    assert.equal(element.status, 'loading');
    assert.isNotNull(inside(element, '.skeleton'));
    await until(() => element.status === 'fresh', 'the figure');
    assert.equal(textOf(element, '.value'), '2');
    assert.equal(textOf(element, '.heading'), 'Requests');
    await until(() => element.matches(':state(live)'), 'the live connection');
    assert.equal(textOf(element, '.chip'), 'live');
    await until(() => inside(element, '.line'), 'the trend');
    await assertAccessible(element);
  });

  it('shows what happens as it happens', async () => {
    const element = await card('executions.completed');
    await until(() => element.matches(':state(live)'), 'the live connection');
    await until(() => textOf(element, '.value') === '1', 'the figure');
    await server.send({ domain: DOMAIN });
    await until(() => textOf(element, '.value') === '2', 'the new figure');
  });
});
