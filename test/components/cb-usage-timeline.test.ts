import { sendKeys, sendMouse } from '@web/test-runner-commands';
import { assert } from 'chai';
import { html, nothing } from 'lit';
import '../../components/cb-usage-timeline/define.ts';
import type { CbUsageTimeline } from '../../components/cb-usage-timeline/cb-usage-timeline.ts';
import type { CbErrorEvent, CbTimeframeChangeEvent } from '../../src/element/events.ts';
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

const HOUR = 3_600_000;
/** What the tests take at most, on a busy machine. */
const WHILE = 120_000;
/** More than a request lasts that is sent: it counts in the hour in which it began. */
const REQUEST = 2_000;

before(async function () {
  this.timeout(patience(60_000) + WHILE + REQUEST);
  // What is sent falls into the last interval: no hour may begin meanwhile.
  const left = HOUR - ((Date.now() - REQUEST) % HOUR);
  if (left < WHILE + REQUEST) await new Promise((resolve) => setTimeout(resolve, left));
  server = await startServer();
  await server.send(
    { domain: DOMAIN, inputTokens: 1_000_000, outputTokens: 2_000 },
    { domain: DOMAIN, failed: true },
    { domain: DOMAIN, agoMs: 3 * 3_600_000 },
  );
});

after(() => server.stop());

interface Options extends Partial<CbUsageTimeline> {
  width?: number;
}

const timeline = ({ width = 800, ...given }: Options = {}) =>
  show<CbUsageTimeline>(
    html`<cb-usage-timeline
      base-url=${server.url}
      token=${given.token ?? server.token}
      domain=${given.domain ?? DOMAIN}
      locale=${given.locale ?? 'en'}
      .metric=${given.metric}
      timeframe=${given.timeframe ?? nothing}
      .granularity=${given.granularity}
      ?as-table=${given.asTable ?? false}
      .style=${`inline-size: ${width}px`}
    ></cb-usage-timeline>`,
  );

const isLive = (element: Element) => element.matches(':state(live)');
const plot = (element: Element) => inside(element, '[part=plot]');
const canvas = (element: Element) => inside(element, 'canvas') as HTMLCanvasElement | null;
const valueText = (element: Element) => plot(element)?.getAttribute('aria-valuetext') ?? '';
const buttonsOf = (element: Element, part: string) => [
  ...element.shadowRoot!.querySelectorAll<HTMLButtonElement>(`[part=${part}] button`),
];
const pressed = (element: Element, part: string) =>
  buttonsOf(element, part)
    .filter((it) => it.ariaPressed === 'true')
    .map((it) => it.textContent.trim());
const rowsOf = (element: Element) => [...element.shadowRoot!.querySelectorAll('tbody tr')];
const texts = (row: Element | undefined) =>
  [...(row?.children ?? [])].map((it) => it.textContent.trim());

async function drawn(options: Options = {}): Promise<CbUsageTimeline> {
  const element = await timeline(options);
  await until(() => isLive(element) && canvas(element), 'the chart, live');
  return element;
}

describe('cb-usage-timeline', () => {
  it('has defaults, and reflects what can be styled by, but never the token', async () => {
    const element = await show<CbUsageTimeline>(html`<cb-usage-timeline></cb-usage-timeline>`);
    assert.isFalse(element.asTable);
    assert.isTrue(element.matches(':state(error)'), 'it isn’t connected');
    Object.assign(element, { metric: 'cost', granularity: 'day', asTable: true, token: 'secret' });
    await element.updateComplete;
    assert.equal(element.getAttribute('metric'), 'cost');
    assert.equal(element.getAttribute('granularity'), 'day');
    assert.isTrue(element.hasAttribute('as-table'));
    assert.isFalse(element.hasAttribute('token'));
  });

  for (const width of [800, 560, 400, 320, 260]) {
    it(`does not jump when its chart comes, at ${width} pixels`, async () => {
      // Its own session: a shared one may know the answer already.
      const { token } = await server.account('viewer');
      const element = await timeline({ width, token });
      assert.equal(element.status, 'loading');
      assert.isNotNull(inside(element, '.skeleton'));
      const height = element.offsetHeight;
      await until(() => isLive(element) && canvas(element), 'the chart, live');
      assert.approximately(element.offsetHeight, height, 1);
      const { scrollWidth, clientWidth } = inside(element, '.base')!;
      assert.isAtMost(scrollWidth, clientWidth, 'nothing is cut off');
    });
  }

  for (const locale of ['en', 'ar']) {
    for (const width of [600, 400, 320, 260]) {
      it(`cuts no label of its axes off, at ${width} pixels, in ${locale}`, async () => {
        const element = await drawn({ width, locale, timeframe: '90d' });
        const shown = canvas(element)!;
        const pixels = shown.getContext('2d')!;
        const used = (x: number) =>
          pixels.getImageData(x, 0, 1, shown.height).data.some((value) => value > 0);
        await until(() => used(Math.round(shown.width / 2)), 'the lines');
        assert.isFalse(used(0), 'at the left');
        assert.isFalse(used(shown.width - 1), 'at the right');
      });
    }
  }

  it('breaks no figure of its table, and no name of a column', async () => {
    const element = await timeline({ asTable: true, metric: 'tokens', width: 260 });
    await until(() => rowsOf(element).length > 0, 'the table');
    for (const cell of element.shadowRoot!.querySelectorAll('thead th, td')) {
      const range = document.createRange();
      range.selectNodeContents(cell);
      const lines = new Set([...range.getClientRects()].map(({ top }) => top));
      assert.equal(lines.size, 1, cell.textContent);
    }
  });

  it('chooses a figure, and shows it point by point in its table', async () => {
    const element = await timeline({ asTable: true });
    await until(() => rowsOf(element).length > 0, 'the table');
    assert.deepEqual(pressed(element, 'metrics'), ['Requests']);
    assert.deepEqual(texts(inside(element, 'thead tr')!), ['Time', 'Requests', 'Errors']);
    assert.deepEqual(texts(rowsOf(element).at(-1)).slice(1), ['2', '1']);
    // Before the first data there is none.
    const counts = rowsOf(element).map((row) => texts(row)[1]!);
    const total = counts.reduce((sum, count) => sum + (count === '–' ? 0 : Number(count)), 0);
    assert.equal(total, 3);
    buttonsOf(element, 'metrics')[1]?.click();
    await element.updateComplete;
    assert.equal(element.metric, 'tokens');
    assert.deepEqual(texts(inside(element, 'thead tr')!), ['Time', 'Input', 'Output']);
    assert.deepEqual(texts(rowsOf(element).at(-1)).slice(1), ['1M', '2,020']);
    buttonsOf(element, 'metrics')[2]?.click();
    await element.updateComplete;
    assert.match(texts(rowsOf(element).at(-1))[1]!, /^\$\d/);
  });

  it('says which intervals are partial, at both ends, and where there are no data yet', async () => {
    const element = await timeline({ granularity: 'hour' });
    await until(() => inside(element, 'button.link'), 'the legend');
    assert.include(textOf(element, '.legend'), 'Partial interval');
    inside(element, 'button.link')!.click();
    await until(() => rowsOf(element).length > 0, 'the table');
    const times = rowsOf(element).map((row) => texts(row)[0]!);
    assert.match(times[0]!, / \(no data\)$/);
    assert.match(times.at(-1)!, / \(so far\)$/);
  });

  it('follows what happens', async () => {
    const domain = 'live.example.com';
    await server.send({ domain });
    const element = await timeline({ domain, asTable: true });
    await until(() => isLive(element) && rowsOf(element).length > 0, 'the table, live');
    assert.equal(texts(rowsOf(element).at(-1))[1], '1');
    await server.send({ domain });
    await until(() => texts(rowsOf(element).at(-1))[1] === '2', 'the new request');
  });

  it('chooses a period, tells of it, and takes it instead of another', async () => {
    const element = await timeline({ asTable: true });
    const chosen: (string | undefined)[] = [];
    const listen = (event: CbTimeframeChangeEvent) => chosen.push(event.timeframe);
    document.body.addEventListener('cb-timeframe-change', listen, { once: true });
    await until(() => rowsOf(element).length > 0, 'the table');
    assert.deepEqual(pressed(element, 'ranges'), ['1D']);
    element.from = new Date(Date.now() - 7_200_000).toISOString();
    await element.updateComplete;
    assert.deepEqual(pressed(element, 'ranges'), []);
    buttonsOf(element, 'ranges')[1]?.click();
    await until(() => rowsOf(element).length >= 7 && element.status === 'fresh', 'the days');
    assert.deepEqual(chosen, ['7d']);
    assert.isFalse(element.hasAttribute('from'));
    assert.deepEqual(pressed(element, 'ranges'), ['7D']);
  });

  it('is read by keyboard, point by point', async () => {
    const element = await drawn();
    plot(element)?.focus();
    assert.match(valueText(element), /: Requests 2 and Errors 1$|: Requests 2, Errors 1$/);
    const last = Number(plot(element)?.ariaValueMax);
    await sendKeys({ press: 'ArrowLeft' });
    await until(() => inside(element, '.tooltip'), 'the tooltip');
    assert.equal(plot(element)?.ariaValueNow, String(last - 1));
    assert.include(valueText(element), textOf(element, '.tooltip .at'));
    await sendKeys({ press: 'Home' });
    await until(() => plot(element)?.ariaValueNow === '0', 'the first');
    await sendKeys({ press: 'End' });
    await until(() => plot(element)?.ariaValueNow === String(last), 'the last');
    await assertAccessible(element);
    await sendKeys({ press: 'Escape' });
    await until(() => !inside(element, '.tooltip'), 'its end');
  });

  it('shows what the pointer is on, inside of the card', async () => {
    const element = await drawn();
    const { left, top, width } = plot(element)!.getBoundingClientRect();
    for (const share of [0.3, 0.99]) {
      const position = [Math.round(left + width * share), Math.round(top + 40)];
      await sendMouse({ type: 'move', position: position as [number, number] });
      await until(() => inside(element, '.tooltip'), 'the tooltip');
      await element.updateComplete;
      const { right } = inside(element, '.tooltip')!.getBoundingClientRect();
      assert.isAtMost(right, left + width + 1);
    }
    await sendMouse({ type: 'move', position: [0, 0] });
    await until(() => !inside(element, '.tooltip'), 'its end');
  });

  it('turns into a table and back, and keeps the focus', async () => {
    const element = await drawn();
    const link = inside(element, '.link')!;
    link.focus();
    await sendKeys({ press: 'Enter' });
    await until(() => inside(element, 'table'), 'the table');
    assert.isTrue(element.asTable);
    assert.equal(element.shadowRoot?.activeElement, link);
    await assertAccessible(element);
    await sendKeys({ press: 'Enter' });
    await until(() => canvas(element), 'the chart');
  });

  it('follows its width', async () => {
    const element = await drawn();
    element.style.inlineSize = '500px';
    await until(() => (canvas(element)?.offsetWidth ?? 999) < 500, 'the narrower chart');
  });

  it('loads no chart before it is near', async () => {
    const element = await timeline();
    element.style.marginBlockStart = '20000px';
    await until(() => isLive(element), 'the answer');
    await until(() => plot(element), 'its place');
    // Two frames: an observer tells in the one after the layout.
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    assert.isNull(canvas(element));
    element.style.marginBlockStart = '';
    await until(() => canvas(element), 'the chart');
  });

  it('speaks German and Arabic, with their figures and direction', async () => {
    const german = await timeline({ locale: 'de', asTable: true });
    await until(() => rowsOf(german).length > 0, 'the table');
    assert.deepEqual(texts(inside(german, 'thead tr')!), ['Zeit', 'Anfragen', 'Fehler']);
    const arabic = await drawn({ locale: 'ar-EG' });
    assert.equal(inside(arabic, '.base')?.dir, 'rtl');
    assert.include(valueText(arabic), '٢');
    plot(arabic)?.focus();
    await sendKeys({ press: 'ArrowRight' });
    const last = Number(plot(arabic)?.ariaValueMax);
    await until(() => plot(arabic)?.ariaValueNow === String(last - 1), 'the one before');
  });

  it('takes nonsense for what is usual, and shows text as text', async () => {
    const script = '<img src=x onerror=alert(1)>';
    const element = await timeline({ metric: 'runes' as never, asTable: true });
    element.heading = script;
    await until(() => rowsOf(element).length > 0, 'the table');
    assert.deepEqual(pressed(element, 'metrics'), ['Requests']);
    assert.equal(textOf(element, '.heading'), script);
    assert.isNull(inside(element, 'img'));
  });

  for (const width of [800, 320]) {
    it(`is accessible in light and dark, at ${width} pixels`, async () => {
      await assertAccessible(await drawn({ width }));
    });
  }

  it('leaves no timer, no observer and no listener behind', async () => {
    await assertLeavesNothing(() => drawn());
  });

  it('is collected once it is removed', async () => {
    await assertCollected(() => drawn());
  });
});

describe('cb-usage-timeline without a chart', () => {
  it('is empty where nothing happened, and its slot can say why', async () => {
    const element = await timeline({ domain: 'nothing.example.com' });
    await until(() => element.status === 'empty', 'the answer');
    assert.include(textOf(element), 'No requests in this period.');
    await assertAccessible(element);
    element.append(Object.assign(document.createElement('p'), { slot: 'empty', id: 'own' }));
    const slot = inside(element, 'slot[name=empty]') as HTMLSlotElement;
    assert.equal(slot.assignedElements()[0]?.id, 'own');
  });

  it('says which role it needs', async () => {
    const { token } = await server.account('sysops');
    const element = await timeline({ token });
    await until(() => textOf(element).includes('Requires one of these roles'), 'the refusal');
    assert.equal(element.status, 'forbidden');
    await assertAccessible(element);
  });

  it('keeps its height where its answer is a failure', async () => {
    const element = await show<CbUsageTimeline>(
      html`<cb-usage-timeline base-url="http://127.0.0.1:1" token="one"></cb-usage-timeline>`,
    );
    assert.equal(element.status, 'loading');
    const height = element.offsetHeight;
    await until(() => inside(element, '[part=retry]'), 'the words');
    assert.approximately(element.offsetHeight, height, 1);
  });

  it('says that nobody answers, by an event too, and has places for the page’s words', async () => {
    const errors: unknown[] = [];
    const element = await show<CbUsageTimeline>(
      html`<cb-usage-timeline
        base-url="http://127.0.0.1:1"
        token="any"
        @cb-error=${(event: CbErrorEvent) => errors.push(event.error)}
      >
        <p slot="loading" id="soon">One moment</p>
      </cb-usage-timeline>`,
    );
    const slot = (name: string) => inside(element, `slot[name=${name}]`) as HTMLSlotElement | null;
    assert.equal(slot('loading')?.assignedElements()[0]?.id, 'soon');
    await until(() => inside(element, '[part=retry]'), 'the words');
    assert.instanceOf(errors[0], Error);
    await assertAccessible(element);
    element.append(Object.assign(document.createElement('p'), { slot: 'error', id: 'own' }));
    assert.equal(slot('error')?.assignedElements()[0]?.id, 'own');
  });

  it('keeps what it has, with its age, when the server goes', async function () {
    this.timeout(patience(60_000));
    const own = await startServer({ own: true });
    await own.send({ domain: 'a' });
    const element = await show<CbUsageTimeline>(
      html`<cb-usage-timeline base-url=${own.url} token=${own.token} as-table></cb-usage-timeline>`,
    );
    await until(() => isLive(element), 'the live connection');
    await own.stop();
    element.retry();
    await until(() => element.status === 'stale', 'the failure');
    assert.equal(texts(rowsOf(element).at(-1))[1], '1');
    await until(() => /\d s old/.test(textOf(element, '.chip')), 'the age');
    await assertAccessible(element);
  });
});

describe('cb-usage-timeline under a strict policy', () => {
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
