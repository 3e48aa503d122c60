import { assert } from 'chai';
import { html } from 'lit';
import '../../components/cb-stat-card/define.ts';
import type { CbStatCard } from '../../components/cb-stat-card/cb-stat-card.ts';
import type { CbErrorEvent } from '../../src/element/events.ts';
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
  trackTimers,
  until,
} from './support.ts';

const DOMAIN = 'app.example.com';
const OTHER = 'other.example.com';

/** The figure as screen readers get it. */
const value = (card: Element) => textOf(card, '.value .hidden') || textOf(card, '.value');
const isLive = (card: Element) => card.matches(':state(live)');

describe('cb-stat-card on a server', () => {
  let server: TestServer;

  before(async function () {
    this.timeout(patience(60_000));
    server = await startServer();
    // A trend needs intervals that the data cover wholly.
    const agoMs = 6 * 3_600_000;
    await server.send(
      { domain: DOMAIN, agoMs },
      { domain: DOMAIN, failed: true },
      { domain: OTHER },
    );
  });

  after(() => server.stop());

  const card = (metric: string, domain = '', token = server.token) =>
    show<CbStatCard>(
      html`<cb-stat-card
        metric=${metric}
        base-url=${server.url}
        token=${token}
        .domain=${domain}
      ></cb-stat-card>`,
    );

  it('goes from its skeleton to the figure without a jump, and is live', async () => {
    const element = await card('requests');
    assert.equal(element.status, 'loading');
    assert.isNotNull(inside(element, '.skeleton'));
    await until(() => element.status === 'loading' && inside(element, '.trend'), 'its shape');
    const height = element.offsetHeight;
    await until(() => element.status === 'fresh', 'the figure');
    assert.equal(element.offsetHeight, height);
    assert.equal(value(element), '3');
    assert.equal(textOf(element, '.heading'), 'Requests');
    await until(() => isLive(element), 'the live connection');
    assert.isNull(inside(element, '.chip'), 'what is live says nothing');
    await until(() => inside(element, '.line'), 'the trend');
    assert.equal(element.offsetHeight, height);
    await assertAccessible(element);
  });

  it('keeps the room of what is still to come, also of a rate and where it is narrow', async () => {
    const original = globalThis.fetch;
    for (const [metric, domain, width] of [
      ['requests', DOMAIN, '200px'],
      ['executions.successRate', DOMAIN, '260px'],
      ['executions.successRate', 'nothing.example.com', '260px'],
      ['errorRate', DOMAIN, '200px'],
    ] as const) {
      const { token } = await server.account('viewer');
      const gate = Promise.withResolvers<void>();
      globalThis.fetch = (...args) => gate.promise.then(() => original(...args));
      try {
        const element = await card(metric, domain, token);
        element.style.inlineSize = width;
        // A reason may take a second line: this is about the rest.
        element.innerHTML = '<span slot="description">-</span>';
        await until(() => textOf(element, '.heading'), 'its name');
        assert.equal(element.status, 'loading');
        const { height } = element.getBoundingClientRect();
        gate.resolve();
        await until(() => element.status !== 'loading' && value(element), 'the figure');
        const jump = element.getBoundingClientRect().height - height;
        assert.approximately(jump, 0, 0.1, `${metric}, ${width}`);
      } finally {
        globalThis.fetch = original;
        // The next one is another element.
        await show(html`<p></p>`);
      }
    }
  });

  it('never shows a number of one figure as another', async () => {
    const element = await card('requests', DOMAIN);
    await until(() => element.status === 'fresh', 'the figure');
    const seen = new Set<string>();
    const observer = new MutationObserver(() => seen.add(value(element)));
    observer.observe(element.shadowRoot!, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    element.metric = 'tokens.input';
    await until(() => textOf(element, '.heading') === 'Input tokens', 'the other figure');
    const tokens = value(element);
    element.metric = 'requests';
    await until(() => textOf(element, '.heading') === 'Requests', 'the first figure');
    element.metric = 'tokens.input';
    await until(() => textOf(element, '.heading') === 'Input tokens', 'the other figure');
    assert.equal(value(element), tokens);
    observer.disconnect();
    assert.isAtMost(seen.size, 2, [...seen].join());
  });

  it('shows what happens as it happens, in its own domain only', async () => {
    const element = await card('executions.completed', DOMAIN);
    await until(() => isLive(element) && value(element) === '1', 'the figure, live');
    await server.send({ domain: OTHER });
    await server.send({ domain: DOMAIN });
    await until(() => value(element) === '2', 'the new figure');
  });

  it('puts rates into proportion, and keeps them true while sums move', async () => {
    const element = await card('executions.successRate', DOMAIN);
    await until(() => isLive(element) && element.status === 'fresh', 'the figure, live');
    assert.equal(value(element), '66.7%');
    assert.include(textOf(element, '.foot'), '2 of 3');
    await server.send({ domain: DOMAIN });
    await until(() => value(element) === '75%', 'the new rate');
    assert.isNotNull(inside(element, '.bar'));
    assert.equal(textOf(element, '.pill'), '!60% to 80%', 'the usual bands of a success rate');
  });

  it('shows what a figure consists of', async () => {
    const element = await card('executions.total', DOMAIN);
    element.breakdown = 'completed failed nonsense';
    await until(() => textOf(element, '[part=breakdown]').includes('failed'), 'the parts');
    assert.match(
      textOf(element, '[part=breakdown]'),
      /^completed\s*\d+\s*failed\s*1\s*nonsense\s*–$/,
    );
  });

  it('shows figures of every overview', async () => {
    for (const [source, metric, heading, period] of [
      ['admin', 'users.total', 'Users', ''],
      ['admin', 'executionsToday.total', 'Executions', 'Today'],
      ['admin', 'success.rate', 'Success rate', 'Last 24 hours'],
      ['executive', 'executionMetrics.total', 'Executions', 'Last 24 hours'],
      ['executive', 'userMetrics.dau', 'Daily active users', 'Last 24 hours'],
    ] as const) {
      const element = await card(metric, DOMAIN);
      element.source = source;
      await until(
        () => element.status === 'fresh' && textOf(element, '.heading') === heading,
        metric,
      );
      assert.isTrue(textOf(element, '.period').startsWith(period), textOf(element, '.period'));
      assert.match(value(element), /\d/, metric);
    }
    const unknown = await card('businessMetrics.mrrUsd', DOMAIN);
    unknown.source = 'executive';
    await until(() => unknown.status === 'partial', 'no revenue was reported');
    assert.match(textOf(unknown, '.foot'), /\w/);
  });

  it('shows a figure that nobody knows as a dash, with the reason', async () => {
    const element = await card('executions.successRate', 'nothing.example.com');
    await until(() => element.status === 'partial', 'the answer');
    assert.equal(value(element), '–');
    assert.include(textOf(element, '.foot'), 'No execution has completed or failed.');
    await assertAccessible(element);
  });

  it('names a metric that there isn’t', async () => {
    for (const metric of ['executions', 'nonsense', 'constructor.name', 'period.from.x']) {
      const element = await card(metric);
      await until(() => element.status === 'empty', metric);
      assert.include(textOf(element), `“${metric}”`);
    }
  });

  it('says which role it needs', async () => {
    const { token } = await server.account('sysops');
    const element = await card('requests', '', token);
    await until(() => textOf(element).includes('Requires one of these roles'), 'the refusal');
    assert.equal(element.status, 'forbidden');
    assert.include(textOf(element), 'viewer');
    await assertAccessible(element);
  });

  it('says what the server says of a question that it doesn’t take', async () => {
    const element = await card('requests');
    element.timeframe = 'since breakfast';
    await until(() => element.status === 'error', 'the refusal');
    await until(() => textOf(element).includes('Code 400'), 'the words');
    assert.isNull(inside(element, '.button'), 'asking again is no use');
    element.timeframe = '7d';
    await until(() => element.status === 'fresh', 'the figure');
  });

  it('speaks the reader’s language, also of problems', async () => {
    const element = await show<CbStatCard>(
      html`<cb-stat-card
        metric="requests"
        locale="ar"
        base-url=${server.url}
        token="forged"
      ></cb-stat-card>`,
    );
    await until(() => textOf(element).includes('سجّل الدخول'), 'the words');
    assert.equal(textOf(element, '.heading'), 'الطلبات');
  });

  it('shows its figure once the service works again and the reader asks for it', async () => {
    const original = globalThis.fetch;
    globalThis.fetch = () => Promise.resolve(new Response(null, { status: 503 }));
    const { token } = await server.account('viewer');
    const element = await card('requests', DOMAIN, token);
    try {
      await until(() => inside(element, '[part=retry]'), 'the words');
      assert.include(textOf(element), 'The service failed');
    } finally {
      globalThis.fetch = original;
    }
    inside(element, '[part=retry]')?.click();
    await until(() => element.status === 'fresh' && isLive(element), 'the figure, live');
  });

  const liveCard = async () => {
    const element = await card('requests');
    await until(() => isLive(element) && inside(element, '.line'), 'figure and trend, live');
    return element;
  };

  it('leaves no timer, no observer and no listener behind', async () => {
    await assertLeavesNothing(liveCard);
  });

  it('is collected once it is removed', async () => {
    await assertCollected(liveCard);
  });

  it('says that it isn’t connected', async () => {
    const element = await show<CbStatCard>(html`<cb-stat-card metric="requests"></cb-stat-card>`);
    await until(() => textOf(element).includes('place this in a <cb-provider>'), 'the words');
  });
});

describe('cb-stat-card on a server that is not there', () => {
  it('says so, when it tries again, and lets the reader not wait', async () => {
    const errors: unknown[] = [];
    // Nobody listens on port 1, and Chromium doesn't even try.
    const element = await show<CbStatCard>(
      html`<cb-stat-card
        metric="requests"
        base-url="http://127.0.0.1:1"
        token="any"
        @cb-error=${(event: CbErrorEvent) => errors.push(event.error)}
      ></cb-stat-card>`,
    );
    await until(() => inside(element, '.button'), 'the words');
    assert.equal(element.status, 'error');
    assert.include(textOf(element), 'Can’t reach the service');
    assert.match(textOf(element), /Trying again in \d s/);
    assert.lengthOf(errors, 1);
    await assertAccessible(element);
    // The failure is told, the countdown is not.
    assert.equal(textOf(element, '[role=status]'), '✕Can’t reach the service');
    const button = inside(element, '.button')!;
    button.focus();
    button.click();
    await until(() => textOf(element).includes('Trying again…'), 'the try');
    assert.equal(element.shadowRoot?.activeElement, button);
    assert.equal(button.ariaDisabled, 'true');
    await until(() => errors.length === 2, 'its failure');
    await element.updateComplete;
    assert.equal(element.shadowRoot?.activeElement, button);
    assert.equal(button.ariaDisabled, 'false');
  });

  it('fits its words into the room of the figure', async () => {
    const element = await show<CbStatCard>(
      html`<cb-stat-card
        metric="requests"
        base-url="http://127.0.0.1:1"
        token="any"
      ></cb-stat-card>`,
    );
    element.style.inlineSize = '260px';
    await until(() => textOf(element, '.heading'), 'its shape');
    assert.equal(element.status, 'loading');
    const height = element.offsetHeight;
    await until(() => /Trying again in \d s/.test(textOf(element)), 'the words');
    assert.isAtMost(element.offsetHeight, height);
  });

  it('leaves no timer behind when it is removed', async () => {
    const timers = trackTimers();
    const element = await show<CbStatCard>(
      html`<cb-stat-card
        metric="requests"
        base-url="http://127.0.0.1:1"
        token="any"
      ></cb-stat-card>`,
    );
    await until(() => /Trying again in \d s/.test(textOf(element)), 'the countdown');
    assert.isAtLeast(timers.pending, 2, 'the countdown and the next try');
    element.remove();
    await until(() => timers.pending === 0, 'the end of all timers');
    timers.stop();
  });

  it('leaves the place to the page’s own words', async () => {
    const element = await show<CbStatCard>(
      html`<cb-stat-card metric="requests" base-url="http://127.0.0.1:1" token="any">
        <p slot="loading">One moment</p>
        <p slot="error">Call Ada</p>
      </cb-stat-card>`,
    );
    const shown = (name: string) =>
      (inside(element, `slot[name=${name}]`) as HTMLSlotElement | null)?.assignedElements()[0];
    assert.equal(shown('loading')?.textContent, 'One moment');
    await until(() => element.status === 'error', 'the failure');
    assert.equal(shown('error')?.textContent, 'Call Ada');
  });
});

describe('cb-stat-card under a strict policy', () => {
  it('breaks none of it where it says that nobody answers', async () => {
    await assertKeepsPolicy(async () => {
      const element = await show<CbStatCard>(
        html`<cb-stat-card
          metric="requests"
          base-url="http://127.0.0.1:1"
          token="any"
        ></cb-stat-card>`,
      );
      await until(() => inside(element, '[part=retry]'), 'the words');
      return element;
    });
  });
});
