import { emulateMedia, executeServerCommand, sendMouse } from '@web/test-runner-commands';
import { assert } from 'chai';
import { html, nothing } from 'lit';
import '../../components/cb-model-share/define.ts';
import type { CbModelShare } from '../../components/cb-model-share/cb-model-share.ts';
import '../../components/cb-usage-timeline/define.ts';
import type { CbUsageTimeline } from '../../components/cb-usage-timeline/cb-usage-timeline.ts';
import { patience } from '../support/patience.ts';
import { startServer, type TestServer } from './server.ts';
import { inside, show, textOf, until } from './support.ts';

const DOMAIN = 'app.example.com';
let server: TestServer;

before(async function () {
  this.timeout(patience(60_000));
  server = await startServer();
  await server.send(
    { domain: DOMAIN, model: 'gpt-5' },
    { domain: DOMAIN, failed: true },
    { domain: DOMAIN, agoMs: 40 * 3_600_000 },
  );
});

after(() => server.stop());

const timeline = (locale?: string) =>
  show<CbUsageTimeline>(
    html`<cb-usage-timeline
      base-url=${server.url}
      token=${server.token}
      domain=${DOMAIN}
      timeframe="7d"
      granularity="hour"
      locale=${locale ?? nothing}
      .style=${'inline-size: 800px'}
    ></cb-usage-timeline>`,
  );

const canvasOf = (element: Element) => inside(element, 'canvas') as HTMLCanvasElement | null;
const plotOf = (element: Element) => inside(element, '[part=plot]')!;

type Colour = readonly [red: number, green: number, blue: number];

/** Whether the canvas has a pixel of about this colour. */
function has(element: Element, [red, green, blue]: Colour): boolean {
  const canvas = canvasOf(element);
  if (!canvas?.width) return false;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4) {
    const isNear =
      Math.abs(data[at]! - red) < 12 &&
      Math.abs(data[at + 1]! - green) < 12 &&
      Math.abs(data[at + 2]! - blue) < 12;
    if (isNear && data[at + 3]! > 200) return true;
  }
  return false;
}

const pictureOf = (element: Element) => canvasOf(element)?.toDataURL() ?? '';

/** Waits for the end of what moves, so that a later change of the picture is one of the page's. */
async function settled(element: Element): Promise<string> {
  let before = '';
  await until(() => {
    const now = pictureOf(element);
    const isStill = now !== '' && now === before;
    before = now;
    return isStill;
  }, 'the whole chart');
  return before;
}

async function drawn(locale = 'en'): Promise<CbUsageTimeline> {
  const element = await timeline(locale);
  await until(() => element.matches(':state(live)') && canvasOf(element), 'the chart, live');
  await settled(element);
  return element;
}

describe('a chart on paper', () => {
  afterEach(() => dispatchEvent(new Event('afterprint')));

  it('is its table where it is printed before it was ever near', async () => {
    const element = await timeline('en');
    element.style.marginBlockStart = '20000px';
    await until(() => element.matches(':state(live)') && plotOf(element), 'its place');
    // Another test's chart may have been loaded before.
    if (canvasOf(element)) return;
    dispatchEvent(new Event('beforeprint'));
    await Promise.resolve();
    await element.updateComplete;
    assert.isNotNull(inside(element, 'table') ?? canvasOf(element));
    dispatchEvent(new Event('afterprint'));
    await until(() => inside(element, '.chart'), 'the plot');
  });

  it('is drawn for paper at once, far below the fold too, and for the screen afterwards', async () => {
    await drawn();
    const element = await timeline('en');
    element.style.marginBlockStart = '20000px';
    document.documentElement.style.colorScheme = 'dark';
    await until(() => element.matches(':state(live)') && plotOf(element), 'its place');
    dispatchEvent(new Event('beforeprint'));
    const canvas = canvasOf(element);
    assert.isNotNull(canvas, 'in the same turn');
    assert.isTrue(has(element, [0x3a, 0x55, 0xd9]), 'the light blue of the first line');
    assert.isAtMost(canvas.width, 680 * 3 + 1, 'as wide as paper');
    assert.isAtLeast(canvas.width, 600 * 3, 'as sharp as paper');
    dispatchEvent(new Event('afterprint'));
    await until(() => has(element, [0x8f, 0xa5, 0xff]), 'the blue of the dark scheme');
  });
});

describe('a chart follows its page', () => {
  afterEach(async () => {
    await emulateMedia({ reducedMotion: 'no-preference' });
    document.documentElement.lang = 'en';
  });

  for (const reducedMotion of ['no-preference', 'reduce'] as const) {
    it(`in every colour and font, with ${reducedMotion} of motion`, async () => {
      await emulateMedia({ reducedMotion });
      const element = await drawn();
      const tokens: [token: string, colour: Colour][] = [
        ['chart-1', [220, 0, 0]],
        ['chart-3', [0, 160, 0]],
        ['border', [0, 200, 200]],
        ['text-quiet', [200, 0, 200]],
      ];
      for (const [token, colour] of tokens) {
        assert.isFalse(has(element, colour), token);
        element.style.setProperty(`--cb-color-${token}`, `rgb(${colour.join(' ')})`);
        await until(() => has(element, colour), token);
      }
      const before = await settled(element);
      document.documentElement.style.setProperty('--cb-font', 'monospace');
      await until(() => pictureOf(element) !== before, 'the font');
      element.removeAttribute('style');
      document.documentElement.style.colorScheme = 'dark';
      await until(() => has(element, [0x8f, 0xa5, 0xff]), 'the scheme');
    });
  }

  it('in its language', async () => {
    const element = await timeline();
    await until(() => canvasOf(element), 'the chart');
    const before = await settled(element);
    document.documentElement.lang = 'ar';
    await until(() => inside(element, '.base')?.dir === 'rtl', 'the direction');
    await until(() => pictureOf(element) !== before, 'the axis');
  });

  for (const [name, style] of [
    ['zoom', 'zoom: 1.5'],
    ['a scale', 'scale: 0.5; transform-origin: 0 0'],
  ] as const) {
    it(`under ${name}: the cursor names what is under the pointer`, async () => {
      const element = await drawn();
      element.setAttribute('style', `inline-size: 500px; ${style}`);
      await until(() => (canvasOf(element)?.getBoundingClientRect().width ?? 999) !== 800, 'it');
      await settled(element);
      for (const share of [0.3, 0.7, 0.95]) {
        const { left, top, width, height } = plotOf(element).getBoundingClientRect();
        const x = Math.round(left + width * share);
        await sendMouse({ type: 'move', position: [x, Math.round(top + height / 2)] });
        await until(() => inside(element, '.cursor line'), 'the cursor');
        await element.updateComplete;
        const shown = inside(element, '.cursor line')!.getBoundingClientRect().left;
        // Half of the distance between two of 168 points.
        assert.approximately(shown, x, width / 160);
      }
      await sendMouse({ type: 'move', position: [0, 0] });
    });
  }

  it('to another document, with its styles', async () => {
    const element = await drawn();
    const frame = document.body.appendChild(document.createElement('iframe'));
    frame.width = '900';
    frame.height = '500';
    try {
      frame.contentDocument!.body.append(element);
      assert.equal(getComputedStyle(inside(element, '.base')!).display, 'flex');
      await until(() => canvasOf(element), 'the chart');
      assert.equal(canvasOf(element)!.ownerDocument, frame.contentDocument);
      document.body.querySelector('main')!.append(element);
      assert.equal(getComputedStyle(inside(element, '.base')!).display, 'flex');
      await until(() => canvasOf(element), 'the chart, back');
    } finally {
      frame.remove();
    }
  });
});

describe('the legend of a chart', () => {
  const entry = (element: Element, name: string) =>
    [...element.shadowRoot!.querySelectorAll<HTMLButtonElement>('button.entry')].find((it) =>
      it.textContent.includes(name),
    )!;

  it('switches a line off and on, in words too', async () => {
    const element = await drawn();
    const words = () => plotOf(element).getAttribute('aria-valuetext') ?? '';
    assert.include(words(), 'Errors 1');
    const orange: Colour = [0xc2, 0x57, 0x1a];
    assert.isTrue(has(element, orange));
    assert.equal(entry(element, 'Errors').ariaPressed, 'true');
    entry(element, 'Errors').click();
    await until(() => !has(element, orange), 'its end');
    assert.equal(entry(element, 'Errors').ariaPressed, 'false');
    assert.notInclude(words(), 'Errors');
    entry(element, 'Errors').click();
    await until(() => has(element, orange), 'the line');
  });

  it('starts and ends where the plot does', async () => {
    const element = await drawn();
    const legend = inside(element, '.foot')!.getBoundingClientRect();
    const canvas = canvasOf(element)!;
    const { left, width } = canvas.getBoundingClientRect();
    const pixels = canvas.getContext('2d')!;
    const scale = canvas.width / width;
    const isUsed = (x: number) =>
      pixels
        .getImageData(Math.round((x - left) * scale), 0, 1, canvas.height)
        .data.some((value) => value > 0);
    assert.isTrue(isUsed(legend.right - 2), 'the grid reaches as far as the legend');
    const first = [...Array(30).keys()].find((px) => isUsed(legend.left + px));
    assert.isAtMost(first ?? 99, 24, 'its values start where the legend does');
  });
});

describe('a chart whose script fails', () => {
  afterEach(() => executeServerCommand('module:find'));

  it('is a table until it can be loaded', async () => {
    await executeServerCommand('module:lose', 'bar' as never);
    const element = await show<CbModelShare>(
      html`<cb-model-share
        base-url=${server.url}
        token=${server.token}
        domain=${DOMAIN}
        shape="bars"
        locale="en"
      ></cb-model-share>`,
    );
    await until(() => inside(element, 'table'), 'the table');
    assert.include(textOf(element), 'The chart could not be loaded');
    await executeServerCommand('module:find');
    inside(element, '.retry-chart')!.click();
    await until(() => canvasOf(element), 'the chart');
    assert.isNull(inside(element, '.failure'));
  });
});

describe('a chart under Trusted Types', () => {
  it('is drawn, and breaks none', async () => {
    const reports: string[] = [];
    const note = (event: SecurityPolicyViolationEvent) => reports.push(event.sample);
    document.addEventListener('securitypolicyviolation', note);
    const policy = document.createElement('meta');
    policy.httpEquiv = 'Content-Security-Policy';
    policy.content = "require-trusted-types-for 'script'";
    document.head.append(policy);
    const element = await drawn();
    element.asTable = true;
    await until(() => inside(element, 'table'), 'the table');
    assert.deepEqual(reports, []);
    assert.throws(() => (document.createElement('p').innerHTML = '<b>it holds</b>'));
    document.removeEventListener('securitypolicyviolation', note);
  });
});
