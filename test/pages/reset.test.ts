/** Pages whose stylesheets mean no good: inside, the elements look as they always do. */
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { dashboard, fillDashboard, showsAll, signIn } from './dashboard.ts';
import { Site } from './fixture.ts';

/** What the page itself needs, as more specific rules: whatever the reset, the places are the same. */
const LAYOUT = `
  html { color-scheme: light !important; }
  html body, html body header, html body main { display: grid !important; margin: 0 !important;
    position: static !important; justify-content: start !important; }
  html body main .cell { display: block !important; inline-size: 600px !important;
    margin: 20px !important; padding: 0 !important; border: 0 !important; }
  html body .cell > *, html body header > * { border: 0 !important; }
  html body main #plain, html body main #requests, html body main #rate {
    inline-size: 260px !important; }
`;

const RESETS: Record<string, string> = {
  'that resets everything': '* { all: unset; }',
  'that resets everything, importantly': '* { all: unset !important; }',
  'with huge fonts and odd spacing': `
    * { font: italic 900 48px/3 fantasy !important; letter-spacing: 0.5em !important;
      word-spacing: 2em !important; text-transform: uppercase !important;
      text-align: right !important; text-indent: 4em !important; color: red !important;
      white-space: pre !important; text-shadow: 0 0 9px lime !important; cursor: wait !important;
      writing-mode: horizontal-tb !important; user-select: none; }`,
  'that hides and restyles tags': `
    button, table, dl, svg, canvas, dialog, form, input, section, header, h3, slot, span, div[part] {
      display: none !important; }
    section, header, td, th, dd, dt { position: absolute !important; inset: 0 !important; }
    *, *::before, *::after { box-sizing: content-box !important; border: 9px solid lime !important;
      background: black !important; }`,
};

/** How something inside an element looks. */
interface Look {
  path: string;
  box: readonly number[];
  style: Record<string, string>;
}

let site: Site;
before(async () => {
  site = await Site.open();
  await fillDashboard(site);
});
after(() => site.close());

async function visit(t: TestContext, css: string, path: string): Promise<Page> {
  site.portal.put(`${path}.css`, { type: 'text/css', body: css + LAYOUT });
  const context = await site.window(t, {
    viewport: { width: 1_000, height: 3_000 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const head = `<link rel="stylesheet" href="${path}.css" />`;
  await page.goto(site.publish({ body: dashboard(site), head }, path));
  await signIn(page);
  await showsAll(page);
  await page.getByRole('button', { name: 'Run cleanup now' }).click();
  await page.getByRole('dialog').waitFor();
  // One that asks for more makes all connect once more: they settle when each says that it is live.
  for (const id of ['requests', 'rate', 'timeline', 'cleanup', 'stream']) {
    await page.locator(`#${id}:state(live)`).waitFor();
  }
  return page;
}

/** Everything inside the elements: where it is in its card, and how it is drawn. */
function looksOf(page: Page): Promise<Look[]> {
  return page.evaluate(() => {
    const properties = [
      ...['display', 'color', 'background-color', 'font-family', 'font-size', 'font-weight'],
      ...['font-style', 'line-height', 'letter-spacing', 'word-spacing', 'text-transform'],
      ...['text-align', 'text-indent', 'text-shadow', 'white-space', 'direction', 'visibility'],
      ...['box-sizing', 'border-top-width', 'border-top-color', 'border-radius', 'opacity'],
      ...['cursor', 'user-select', 'list-style-type', 'stroke', 'fill'],
    ];
    // Ages and times go on from one page to the next.
    const changing = '.c-when, .c-elapsed, [part=freshness], .tooltip, .c-id';
    const looks: Look[] = [];
    const look = (element: Element, path: string, origin: DOMRect): void => {
      const style = getComputedStyle(element);
      const rect = element.getBoundingClientRect();
      // A dialog is in the middle of the window, wherever its element is.
      const from = element.matches('dialog, [popover]') ? rect : origin;
      const { x, y, width, height } = rect;
      const hasBox = !element.matches(changing) && width > 0;
      const box = hasBox ? [x - from.x, y - from.y, width, height].map(Math.round) : [];
      const values = properties.map((name) => [name, style.getPropertyValue(name)]);
      looks.push({ path, box, style: Object.fromEntries(values) as Record<string, string> });
      for (const [at, child] of [...element.children].entries()) {
        const name = `${child.localName}.${child.getAttribute('class') ?? ''}`;
        look(child, `${path} > ${name}[${at}]`, from);
      }
    };
    for (const element of document.querySelectorAll('.cell > *, cb-login')) {
      const base = element.shadowRoot?.querySelector('.base');
      if (!base) throw new Error(`${element.localName} shows nothing.`);
      look(
        base,
        `${element.parentElement?.id ?? ''} ${element.localName}`,
        base.getBoundingClientRect(),
      );
    }
    return looks;
  });
}

/** What differs, a line each. */
function differences(ours: readonly Look[], theirs: readonly Look[]): string[] {
  const lines = ours.map((look, at) => {
    const other = theirs[at];
    if (other?.path !== look.path) return `${look.path}: there is ${other?.path} instead`;
    const changed = Object.entries(look.style).filter(
      ([name, value]) => other.style[name] !== value,
    );
    const styles = changed.map(([name, value]) => `${name} ${value} → ${other.style[name]}`);
    const isNear = (it: number, side: number) => Math.abs(it - (look.box[side] ?? NaN)) <= 1;
    const isSame = other.box.length === look.box.length && other.box.every(isNear);
    const box = isSame ? [] : [`box ${look.box.join(' ')} → ${other.box.join(' ')}`];
    return [...styles, ...box].length > 0 ? `${look.path}: ${[...styles, ...box].join(', ')}` : '';
  });
  return lines.filter(Boolean);
}

let untouched: Look[];
test('a page without any style is the measure', async (t) => {
  untouched = await looksOf(await visit(t, '', '/untouched'));
  assert.ok(untouched.length > 150, `There are only ${untouched.length} things to look at.`);
});

for (const [at, [name, css]] of Object.entries(RESETS).entries()) {
  test(`a stylesheet ${name} changes nothing inside`, async (t) => {
    const page = await visit(t, css, `/reset-${at}`);
    const changes = differences(untouched, await looksOf(page));
    assert.deepEqual(changes.slice(0, 20), [], `${changes.length} differences`);
  });
}
