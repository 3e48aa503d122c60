import { sendKeys, sendMouse } from '@web/test-runner-commands';
import type { ModelUsage, StatsModels } from '@cloudbrain/sdk';
import { assert } from 'chai';
import { html, nothing } from 'lit';
import '../../components/cb-model-share/define.ts';
import type { CbModelShare } from '../../components/cb-model-share/cb-model-share.ts';
import { sharesOf } from '../../components/cb-model-share/shares.ts';
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
  until,
} from './support.ts';

const DOMAIN = 'app.example.com';
let server: TestServer;

before(async function () {
  this.timeout(patience(60_000));
  server = await startServer();
  await server.send(
    { domain: DOMAIN, model: 'gpt-5', inputTokens: 1_000, outputTokens: 200 },
    { domain: DOMAIN, model: 'gpt-5', inputTokens: 1_000, outputTokens: 34 },
    { domain: DOMAIN, model: 'gpt-5', inputTokens: 0, outputTokens: 0 },
    { domain: DOMAIN, model: 'house-model', inputTokens: 50, outputTokens: 0 },
  );
});

after(() => server.stop());

const share = (given: Partial<CbModelShare> & { width?: number } = {}) =>
  show<CbModelShare>(
    html`<cb-model-share
      base-url=${server.url}
      token=${given.token ?? server.token}
      domain=${given.domain ?? DOMAIN}
      locale=${given.locale ?? 'en'}
      metric=${given.metric ?? nothing}
      shape=${given.shape ?? nothing}
      ?as-table=${given.asTable ?? false}
      .style=${`inline-size: ${given.width ?? 480}px`}
    >
      <p slot="empty">Nothing here</p>
    </cb-model-share>`,
  );

const isLive = (element: Element) => element.matches(':state(live)');
const plot = (element: Element) => inside(element, '[part=plot]');
const words = (element: Element) => plot(element)?.getAttribute('aria-valuetext') ?? '';
const rows = (element: Element) =>
  [...element.shadowRoot!.querySelectorAll('tbody tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent.trim()),
  );

async function drawn(given: Parameters<typeof share>[0] = {}): Promise<CbModelShare> {
  const element = await share(given);
  await until(() => isLive(element) && inside(element, 'canvas'), 'the chart, live');
  return element;
}

describe('cb-model-share', () => {
  it('has defaults, and reflects what can be styled by, but never the token', async () => {
    const element = await show<CbModelShare>(html`<cb-model-share></cb-model-share>`);
    assert.isTrue(element.matches(':state(error)'), 'it isn’t connected');
    Object.assign(element, { metric: 'cost', shape: 'bars', asTable: true, token: 'secret' });
    await element.updateComplete;
    assert.equal(element.getAttribute('metric'), 'cost');
    assert.equal(element.getAttribute('shape'), 'bars');
    assert.isTrue(element.hasAttribute('as-table'));
    assert.isFalse(element.hasAttribute('token'));
  });

  it('goes from its skeleton to the models, and follows what happens', async () => {
    const domain = 'live.example.com';
    await server.send({ domain, model: 'gpt-5' });
    const { token } = await server.account('viewer');
    const element = await share({ domain, token, asTable: true });
    assert.equal(element.status, 'loading');
    assert.isNotNull(inside(element, '.skeleton'));
    await until(() => isLive(element) && rows(element).length === 1, 'the model, live');
    await server.send({ domain, model: 'house-model' });
    await until(() => rows(element).length === 2, 'the new model', patience(20_000));
  });

  it('shows requests, tokens or cost, and each model’s share', async () => {
    const element = await share({ asTable: true });
    await until(() => rows(element).length > 0, 'the table');
    assert.deepEqual(rows(element), [
      ['gpt-5', '3', '75%'],
      ['house-model', '1', '25%'],
    ]);
    element.metric = 'tokens';
    await element.updateComplete;
    assert.deepEqual(rows(element)[0]?.slice(0, 2), ['gpt-5', '2,234']);
    const buttons = element.shadowRoot!.querySelectorAll<HTMLElement>('[part=metrics] button');
    buttons[2]?.click();
    await element.updateComplete;
    assert.equal(element.metric, 'cost');
    const [priced, unpriced] = rows(element);
    assert.match(priced![1]!, /^\$/);
    assert.deepEqual(unpriced, ['house-model', '–', '–'], 'no price is not a price of 0');
  });

  for (const shape of ['ring', 'bars'] as const) {
    it(`says the exact figure at the cursor, by keyboard and pointer: ${shape}`, async () => {
      const element = await drawn({ shape });
      plot(element)?.focus();
      await sendKeys({ press: 'Home' });
      await until(() => inside(element, '.tooltip'), 'the tooltip');
      assert.equal(words(element), 'gpt-5: Requests 3 and Share 75%');
      await sendKeys({ press: 'ArrowRight' });
      await until(() => words(element).startsWith('house-model: Requests 1'), 'the next');
      await assertAccessible(element);
      await sendKeys({ press: 'Escape' });
      await until(() => !inside(element, '.tooltip'), 'its end');
      const outline = await (async () => {
        await sendKeys({ press: 'End' });
        await until(() => inside(element, '.cursor path'), 'the outline');
        const { left, top, width, height } = inside(
          element,
          '.cursor path',
        )!.getBoundingClientRect();
        await sendKeys({ press: 'Escape' });
        return shape === 'ring' ? [left + 12, top + 12] : [left + width / 2, top + height / 2];
      })();
      await sendMouse({ type: 'move', position: outline.map(Math.round) as [number, number] });
      await until(() => words(element).startsWith('house-model'), 'the one below the pointer');
      await sendMouse({ type: 'move', position: [0, 0] });
      await until(() => !inside(element, '.tooltip'), 'its end');
    });
  }

  it('switches a model off and on, and keeps its share', async () => {
    const element = await drawn();
    const entry = () => inside(element, 'button.entry')!;
    assert.match(entry().textContent, /gpt-5\s*75%/);
    entry().click();
    await until(() => entry().ariaPressed === 'false', 'its end');
    assert.match(entry().textContent, /75%/);
    await assertAccessible(element);
  });

  it('turns into a table and back', async () => {
    const element = await drawn();
    inside(element, '.link')!.click();
    await until(() => inside(element, 'table'), 'the table');
    assert.equal(inside(element, 'table')?.ariaLabel, 'Requests by model');
    await assertAccessible(element);
    inside(element, '.link')!.click();
    await until(() => inside(element, 'canvas'), 'the chart');
  });

  it('is empty without requests, and its slot can say why', async () => {
    const element = await share({ domain: 'nothing.example.com' });
    await until(() => element.status === 'empty', 'the answer');
    const slot = inside(element, 'slot[name=empty]') as HTMLSlotElement;
    assert.equal(slot.assignedElements()[0]?.textContent, 'Nothing here');
    await assertAccessible(element);
  });

  it('says which role it needs', async () => {
    const { token } = await server.account('sysops');
    const element = await share({ token });
    await until(() => textOf(element).includes('Requires one of these roles'), 'the refusal');
    assert.equal(element.status, 'forbidden');
    await assertAccessible(element);
  });

  it('reports a server that isn’t there, by an event too', async () => {
    const errors: unknown[] = [];
    const element = await show<CbModelShare>(
      html`<cb-model-share
        base-url="http://127.0.0.1:1"
        token="any"
        @cb-error=${(event: CbErrorEvent) => errors.push(event.error)}
      ></cb-model-share>`,
    );
    await until(() => inside(element, '[part=retry]'), 'the words');
    assert.instanceOf(errors[0], Error);
    await assertAccessible(element);
  });

  it('speaks German and Arabic, with their figures and direction', async () => {
    const german = await share({ locale: 'de', asTable: true });
    await until(() => rows(german).length > 0, 'the table');
    assert.equal(textOf(german, 'thead tr'), 'Modell Anfragen Anteil');
    const arabic = await drawn({ locale: 'ar-EG' });
    assert.equal(inside(arabic, '.base')?.dir, 'rtl');
    assert.include(words(arabic), '٣');
  });

  it('takes nonsense for what is usual, and shows text as text', async () => {
    const script = '<img src=x onerror=alert(1)>';
    const element = await share({ metric: 'runes' as never, shape: 'runes' as never });
    element.heading = script;
    await until(() => inside(element, 'canvas'), 'the chart');
    assert.equal(words(element), 'gpt-5: Requests 3 and Share 75%');
    assert.equal(textOf(element, '.heading'), script);
    assert.isNull(inside(element, 'img'));
  });

  for (const width of [640, 390, 220]) {
    it(`is accessible in light and dark, and cuts nothing off, at ${width} pixels`, async () => {
      const element = await drawn({ width });
      await assertAccessible(element);
      const { scrollWidth, clientWidth } = inside(element, '.base')!;
      assert.isAtMost(scrollWidth, clientWidth);
    });
  }

  it('leaves no timer, no observer and no listener behind', async () => {
    await assertLeavesNothing(() => drawn());
  });

  it('is collected once it is removed', async () => {
    await assertCollected(() => drawn());
  });
});

describe('the shares of models', () => {
  const usage = (model: string, requests: number, usd = '0', unpricedRequests = 0) =>
    ({
      model,
      requests,
      cost: { usd, unpricedRequests },
      tokens: { total: requests * 10 },
    }) as ModelUsage;
  const answer = (data: ModelUsage[], other: StatsModels['other'] = null) =>
    ({ data, other }) as StatsModels;

  it('are of the largest first, the others together', () => {
    const many = Array.from({ length: 12 }, (_, index) => usage(`m${index}`, 12 - index));
    const other = { ...usage('', 10), entries: 3 } as unknown as StatsModels['other'];
    const { shares, total } = sharesOf(answer(many, other), 'requests');
    assert.lengthOf(shares, 8);
    assert.equal(total, 88);
    assert.deepEqual(shares.at(-1), { model: null, models: 8, value: 25, share: 25 / 88 });
  });

  it('are ordered by what they are of', () => {
    const data = [usage('often', 9, '0.000001'), usage('dear', 1, '12.5')];
    const { shares, total } = sharesOf(answer(data), 'cost');
    assert.deepEqual(
      shares.map(({ model }) => model),
      ['dear', 'often'],
    );
    assert.equal(total, '12.500001', 'to the last digit');
  });

  it('are unknown without a price, or of nothing', () => {
    const { shares } = sharesOf(answer([usage('house', 3, '0', 3), usage('free', 1)]), 'cost');
    assert.deepEqual(
      shares.map(({ value, share }) => [value, share]),
      [
        ['0', null],
        [null, null],
      ],
    );
  });
});

describe('cb-model-share under a strict policy', () => {
  it('breaks none of it, chart and tooltip included', async () => {
    await assertKeepsPolicy(async () => {
      const element = await drawn();
      plot(element)?.focus();
      await sendKeys({ press: 'Home' });
      await until(() => inside(element, '.tooltip'), 'the tooltip');
      return element;
    });
  });
});
