import { assert } from 'chai';
import { html } from 'lit';
import '../../components/cb-stat-card/define.ts';
import type { CbStatCard } from '../../components/cb-stat-card/cb-stat-card.ts';
import { periodText } from '../../components/cb-stat-card/context.ts';
import { boundsOf, byBands, byTarget } from '../../components/cb-stat-card/judgement.ts';
import {
  figureMessages,
  type FigureMessage,
} from '../../components/cb-stat-card/figure.messages.ts';
import { translate, type MessageValues } from '../../src/i18n/catalogue.ts';
import {
  assertAccessible,
  assertCollected,
  assertKeepsPolicy,
  inside,
  show,
  textOf,
  until,
} from './support.ts';
import { startServer, type TestServer } from './server.ts';

/** The figure as screen readers get it. */
const value = (card: Element) => textOf(card, '.value .hidden') || textOf(card, '.value');

describe('cb-stat-card with plain values', () => {
  it('shows value, change and description', async () => {
    const card = await show<CbStatCard>(
      html`<cb-stat-card
        heading="Requests"
        value="18204"
        change="0.124"
        polarity="good-when-up"
        description="Tickets of all teams"
      ></cb-stat-card>`,
    );
    assert.equal(textOf(card, '.heading'), 'Requests');
    assert.equal(value(card), '18,204');
    assert.equal(textOf(card, '.change'), '↑up 12.4%, better');
    const mark = inside(card, '[part=info]');
    assert.equal(mark?.ariaLabel, 'About this figure');
    mark?.click();
    assert.equal(textOf(card, '.tip:popover-open'), 'Tickets of all teams');
    assert.equal(card.status, 'fresh');
    assert.isTrue(card.matches(':state(fresh)'));
  });

  it('reflects what can be styled by, and never the token', async () => {
    const card = await show<CbStatCard>(html`<cb-stat-card></cb-stat-card>`);
    Object.assign(card, { metric: 'requests', domain: 'a.example', token: 'secret', target: 0.8 });
    await card.updateComplete;
    assert.equal(card.getAttribute('metric'), 'requests');
    assert.equal(card.getAttribute('domain'), 'a.example');
    assert.equal(card.getAttribute('target'), '0.8');
    assert.isFalse(card.hasAttribute('token'));
  });

  it('shows a dash and says so where the value is not known, never 0', async () => {
    const card = await show<CbStatCard>(html`<cb-stat-card .value=${null}></cb-stat-card>`);
    assert.equal(value(card), '–');
    assert.equal(card.status, 'partial');
    assert.include(textOf(card), 'Unknown');
  });

  it('is empty without a value or a metric, and its slot can say why', async () => {
    const card = await show<CbStatCard>(
      html`<cb-stat-card><p slot="empty">Nothing here</p></cb-stat-card>`,
    );
    assert.equal(card.status, 'empty');
    const slot = inside(card, 'slot[name=empty]') as HTMLSlotElement;
    assert.equal(slot.assignedElements()[0]?.textContent, 'Nothing here');
  });

  it('shows nonsense as it is given, without running or breaking anything', async () => {
    const script = '<img src=x onerror=alert(1)>';
    const card = await show<CbStatCard>(
      html`<cb-stat-card
        heading=${script}
        value="banana"
        change="x"
        polarity="sideways"
        format="runes"
        locale="no such locale"
        refresh="soon"
      ></cb-stat-card>`,
    );
    assert.equal(textOf(card, '.heading'), script);
    assert.isNull(inside(card, 'img'));
    assert.equal(value(card), '–');
  });

  it('tells a good change from a bad one by polarity', async () => {
    const tone = async (polarity: string, change: number) => {
      const card = await show<CbStatCard>(
        html`<cb-stat-card value="1" polarity=${polarity} .change=${change}></cb-stat-card>`,
      );
      return inside(card, '.change')?.className.replace('note change', '').trim();
    };
    assert.equal(await tone('good-when-up', 0.1), 'good');
    assert.equal(await tone('good-when-up', -0.1), 'bad');
    assert.equal(await tone('good-when-down', -0.1), 'good');
    assert.equal(await tone('good-when-down', 0.1), 'bad');
    assert.equal(await tone('neutral', 0.1), '');
    assert.equal(await tone('good-when-up', 0), '');
  });

  it('shows no change where it is none', async () => {
    for (const nonsense of ['abc', 'Infinity']) {
      const card = await show<CbStatCard>(
        html`<cb-stat-card value="1" change=${nonsense} polarity="good-when-up"></cb-stat-card>`,
      );
      assert.isNull(inside(card, '.change'), nonsense);
    }
  });

  it('counts only while it is the same figure', async () => {
    const card = await show<CbStatCard>(html`<cb-stat-card value="27962"></cb-stat-card>`);
    Object.assign(card, { value: '12.5', format: 'currency' });
    await card.updateComplete;
    assert.equal(value(card), '$12.50');
  });

  it('tells in little room why there is no figure, and leaves other notes out', async () => {
    const box = await show<HTMLElement>(
      html`<div>
        <cb-stat-card .value=${null}></cb-stat-card>
        <cb-stat-card value="1"><span slot="description">of many</span></cb-stat-card>
      </div>`,
    );
    box.style.inlineSize = '200px';
    const [unknown, known] = [...box.querySelectorAll('cb-stat-card')];
    await known!.updateComplete;
    const isShown = (card: Element) =>
      getComputedStyle(inside(card, '.foot .note')!).display !== 'none';
    assert.isTrue(isShown(unknown!));
    assert.isFalse(isShown(known!));
  });

  it('takes the colours of trend and bar from around them, as forced colours need', async () => {
    const card = await show<CbStatCard>(
      html`<cb-stat-card value="0.5" format="percent" target="0.8"></cb-stat-card>`,
    );
    const paints = (selector: string, property: 'fill' | 'stroke') => {
      const trend = inside(card, '.trend')!;
      // What forced colours do to an element of HTML, and not to one of SVG.
      trend.style.color = 'rgb(1, 2, 3)';
      return getComputedStyle(inside(card, selector)!)[property];
    };
    assert.equal(paints('.filled', 'fill'), 'rgb(1, 2, 3)');
    card.trend = [1, 2];
    await card.updateComplete;
    assert.equal(paints('.line', 'stroke'), 'rgb(1, 2, 3)');
    assert.equal(paints('.area', 'fill'), 'rgb(1, 2, 3)');
  });

  it('counts to a new value, and ends exactly there', async () => {
    const card = await show<CbStatCard>(html`<cb-stat-card value="100"></cb-stat-card>`);
    card.value = 9000;
    await card.updateComplete;
    assert.notEqual(value(card), '9,000');
    await until(() => value(card) === '9,000', 'the new value');
  });

  it('draws a trend with its gaps, and a bar for a rate', async () => {
    const card = await show<CbStatCard>(
      html`<cb-stat-card value="1" .trend=${[1, 2, null, 3, 1]}></cb-stat-card>`,
    );
    const runs = (of: Element) => inside(of, '.line')?.getAttribute('d')?.split('M').slice(1);
    assert.lengthOf(runs(card)!, 2);
    for (const hole of [undefined, NaN]) {
      card.trend = [1, hole!, 4, 2];
      await card.updateComplete;
      assert.deepEqual(runs(card), ['0.0 34.5h0', '133.3 1.5h0L200.0 23.5h0']);
    }
    assert.include(inside(card, '.area')?.getAttribute('d'), '200.0 23.5h0V36H133.3Z');
    card.trend = [null, null];
    await card.updateComplete;
    assert.isNull(inside(card, 'svg'), 'nothing to draw');
    const rate = await show<CbStatCard>(
      html`<cb-stat-card value="0.5" format="percent" target="0.8"></cb-stat-card>`,
    );
    assert.equal(inside(rate, '.filled')?.getAttribute('width'), '50%');
    assert.equal(textOf(rate, '.pill'), '✕below 80%');
  });

  it('speaks German and Arabic, with their figures and direction', async () => {
    const german = await show<CbStatCard>(
      html`<cb-stat-card
        locale="de"
        value="18204.5"
        .change=${-0.5}
        polarity="good-when-up"
      ></cb-stat-card>`,
    );
    assert.equal(textOf(german, '.change'), '↓minus 50 %, schlechter');
    const arabic = await show<CbStatCard>(
      html`<div lang="ar"><cb-stat-card .value=${null}></cb-stat-card></div>`,
    );
    const card = arabic.firstElementChild as CbStatCard;
    await card.updateComplete;
    const base = inside(card, '.base');
    assert.equal(base?.dir, 'rtl');
    assert.include(textOf(card), 'غير معروف');
  });

  it('is accessible in light and dark', async () => {
    const card = await show<CbStatCard>(
      html`<cb-stat-card
        heading="Requests"
        value="18204"
        change="0.124"
        polarity="good-when-up"
        target="5"
        description="of many"
        .trend=${[1, 2, 3]}
      ></cb-stat-card>`,
    );
    await assertAccessible(card);
    const empty = await show<CbStatCard>(html`<cb-stat-card></cb-stat-card>`);
    await assertAccessible(empty);
  });

  it('is collected once it is removed', async () => {
    await assertCollected(() =>
      show(html`<cb-stat-card value="1" .trend=${[1, 2]}></cb-stat-card>`),
    );
  });

  it('keeps to a strict policy, with trend and bar', async () => {
    await assertKeepsPolicy(async () => {
      const card = await show<CbStatCard>(
        html`<cb-stat-card value="1" target="2" .trend=${[1, 2]}></cb-stat-card>`,
      );
      Object.assign(card, { value: 0.5, format: 'percent', trend: undefined });
      await until(() => inside(card, '.bar'), 'the bar');
      return card;
    });
  });
});

describe('cb-stat-card with a figure of the server', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
    await server.send({ domain: 'app.example.com' });
  });
  after(() => server.stop());

  const note = async (timeframe: string, metric = 'requests', locale = 'en') => {
    const card = await show<CbStatCard>(
      html`<cb-stat-card
        base-url=${server.url}
        token=${server.token}
        domain="app.example.com"
        metric=${metric}
        timeframe=${timeframe}
        locale=${locale}
      ></cb-stat-card>`,
    );
    const isNew = () => card.status === 'fresh' && !card.matches(':state(updating)');
    await until(isNew, 'the figure');
    assert.isNull(inside(card, '.change'));
    const info = inside(card, '.tip p');
    return { period: textOf(card, '.period'), why: info?.textContent.trim() };
  };

  it('says why it has no change', async () => {
    for (const [timeframe, metric, period] of [
      ['7d', 'requests', 'Last 7 days'],
      ['month', 'users.active', 'This month'],
      ['yesterday', 'requests', 'Yesterday'],
    ] as const) {
      const shown = await note(timeframe, metric);
      assert.match(shown.why ?? '', /^The data starts at /);
      assert.equal(shown.period, period);
    }
  });

  it('says its period where there is none to compare with', async () => {
    assert.equal((await note('all')).period, 'Since the first data');
    assert.equal((await note('all', 'requests', 'de')).period, 'Seit Beginn der Daten');
  });
});

describe('what a card compares with', () => {
  const t = (key: FigureMessage, values?: MessageValues) =>
    translate(figureMessages, 'en', key, values);

  const compared = (timeframe: string | undefined) => periodText(timeframe, true, t);
  const alone = (timeframe: string | undefined) => periodText(timeframe, false, t);

  it('is said with the period', () => {
    assert.equal(compared('7d'), 'Last 7\u00a0days, vs. the 7\u00a0days before');
    assert.equal(compared('today'), 'Today, vs. as long before midnight');
    assert.equal(compared('month'), 'This month, vs. as long before it');
    assert.equal(compared('yesterday'), 'Yesterday, vs. the day before');
    assert.equal(compared('last-week'), 'Last week, vs. the week before');
    assert.equal(compared('last-month'), 'Last month, vs. the month before');
    assert.equal(compared(undefined), 'In this period, vs. the period before');
  });

  it('leaves the period where there is no change', () => {
    assert.equal(alone('24h'), 'Last 24\u00a0hours');
    assert.equal(alone('today'), 'Today');
    assert.equal(alone('last-month'), 'Last month');
    assert.equal(alone(undefined), 'In this period');
    assert.equal(alone('now'), '');
  });
});

describe('how good a figure is', () => {
  it('goes by its bands', () => {
    const tones = (values: number[], polarity: 'good-when-up' | 'good-when-down') =>
      values.map(
        (value) =>
          byBands(value, polarity === 'good-when-up' ? [0.8, 0.6] : [2, 5], polarity)?.tone,
      );
    assert.deepEqual(tones([1, 0.8, 0.79, 0.6, 0.59, 0], 'good-when-up'), [
      'good',
      'good',
      'fair',
      'fair',
      'bad',
      'bad',
    ]);
    assert.deepEqual(tones([0, 2, 3, 5, 6], 'good-when-down'), [
      'good',
      'good',
      'fair',
      'fair',
      'bad',
    ]);
    assert.isUndefined(byBands(NaN, [0.8, 0.6], 'good-when-up'));
  });

  it('takes two bounds', () => {
    assert.deepEqual(boundsOf(' 0.8  0.6'), [0.8, 0.6]);
    for (const text of ['', '0.8', '0.8 x', '1 2 3']) assert.isUndefined(boundsOf(text), text);
  });

  it('goes by its target', () => {
    assert.deepEqual(byTarget(5, 5, 'good-when-up'), { tone: 'good', from: 5 });
    assert.deepEqual(byTarget(6, 5, 'good-when-down'), { tone: 'bad', from: 5 });
    assert.deepEqual(byTarget(4, 5, undefined), { tone: 'bad', to: 5 });
    assert.isUndefined(byTarget(4, NaN, undefined));
  });

  it('is shown by icon and word', async () => {
    const pill = async (shown: number, bands: string) => {
      const card = await show<CbStatCard>(
        html`<cb-stat-card .value=${shown} format="percent" bands=${bands}></cb-stat-card>`,
      );
      return textOf(card, '.pill');
    };
    assert.equal(await pill(0.86, '0.8 0.6'), '✓above 80%');
    assert.equal(await pill(0.7, '0.8 0.6'), '!60% to 80%');
    assert.equal(await pill(0.5, '0.8 0.6'), '✕below 60%');
  });
});
