import type { BatchAnswer } from '@cloudbrain/sdk';
import { assert } from 'chai';
import { html } from 'lit';
import type { CbCleanupMonitor } from '../../components/cb-cleanup-monitor/cb-cleanup-monitor.ts';
import type { CbErrorEvent } from '../../src/element/events.ts';
import { patience } from '../support/patience.ts';
import {
  cell,
  dialog,
  isLive,
  lastRun,
  liveMonitor,
  monitor,
  openDialog,
  rowsOf,
  runButton,
  submit,
  term,
} from './cleanup-monitor.ts';
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

/** What belongs to the installation is the operator's alone: a server of its own. */
let server: TestServer;

before(async function () {
  this.timeout(patience(60_000));
  server = await startServer({ own: true });
  await server.abandon('old', '<img src=x onerror=alert(1)>');
});

after(() => server.stop());

/** Lets a dry run find what there is, so that a list of two is full. */
async function fillActions(): Promise<void> {
  const element = await openDialog({ on: server });
  submit(element)?.click();
  await until(() => rowsOf(element).length >= 2, 'what it found');
  // The next one begins with nothing.
  await show(html`<p></p>`);
}

/** Where an element, or what is in it, has its place. */
const boxOf = (element: Element, selector?: string): DOMRect =>
  (selector ? element.querySelector(selector)! : element).getBoundingClientRect();

/** The tops of the lines that a text is in. */
function linesOf(element: Element): number[] {
  const range = document.createRange();
  range.selectNodeContents(element);
  return [...new Set([...range.getClientRects()].map(({ top }) => top))];
}

describe('cb-cleanup-monitor', () => {
  it('shows ten actions at most, and reflects it, but never the token', async () => {
    const element = await show<CbCleanupMonitor>(html`<cb-cleanup-monitor></cb-cleanup-monitor>`);
    assert.equal(element.limit, 10);
    assert.isTrue(element.matches(':state(error)'), 'it isn’t connected');
    Object.assign(element, { limit: 3, token: 'secret' });
    await element.updateComplete;
    assert.equal(element.getAttribute('limit'), '3');
    assert.isFalse(element.hasAttribute('token'));
  });

  it('goes from its skeleton to settings and last run, and is live', async () => {
    const element = await monitor({ on: server });
    assert.equal(element.status, 'loading');
    assert.isNotNull(inside(element, '.skeleton'));
    await until(() => element.status === 'fresh' && isLive(element), 'the answer, live');
    assert.equal(textOf(element, '.heading'), 'Cleanup');
    assert.equal(term(element, 'Enabled'), 'Yes, every 15 min');
    assert.equal(term(element, 'Dry run'), 'No');
    assert.equal(term(element, 'Temp dirs kept'), '60 min');
    assert.equal(term(element, 'Bundles kept'), '24 hr');
    assert.equal(term(element, 'Logs kept'), '7 days');
    assert.match(term(element, 'Next run')!, /^in (\d+ min|\d+ sec|a moment)$/);
    assert.equal(lastRun(element), 'No run yet');
    await until(() => textOf(element, '.none'), 'the words for no action');
    assert.equal(textOf(element, '.none'), 'Nothing has been cleaned up yet.');
  });

  it('lists what a run found, to its limit, and paths as they are, whatever is in them', async () => {
    const element = await openDialog({ on: server, limit: 1 });
    submit(element)?.click();
    await until(() => rowsOf(element).length === 1, 'one of two actions');
    assert.equal(cell(rowsOf(element)[0], 'type'), 'Temp dir');
    assert.match(cell(rowsOf(element)[0], 'when')!, /^\d+ sec$/);
    assert.match(cell(rowsOf(element)[0], 'size')!, /\d/);
    element.setAttribute('limit', 'many');
    await until(() => rowsOf(element).length === 2, 'the ten of no limit');
    const paths = rowsOf(element).map((row) => cell(row, 'path'));
    assert.include(paths.join(), '<img src=x onerror=alert(1)>');
    assert.isNull(inside(element, 'img'));
  });

  it('speaks German and Arabic, the dialog as well', async () => {
    const german = await openDialog({ on: server, locale: 'de' });
    assert.equal(textOf(german, '.heading'), 'Aufräumen');
    assert.equal(textOf(german, 'dialog [role=heading]'), 'Jetzt aufräumen?');
    assert.equal(term(german, 'Temp-Ordner bleiben'), '60 Min.');
    const arabic = await openDialog({ on: server, locale: 'ar' });
    assert.equal(textOf(arabic, 'dialog [role=heading]'), 'هل تبدأ التنظيف الآن؟');
    assert.equal(inside(arabic, '.base')?.dir, 'rtl');
    const [cancel, run] = arabic.shadowRoot!.querySelectorAll('.buttons .button');
    const left = (button: Element | undefined) => button!.getBoundingClientRect().left;
    assert.isAbove(left(cancel), left(run), 'from right to left');
  });

  for (const width of [900, 700, 460, 300, 240]) {
    it(`does not jump when its answers come, nor prints one over another, at ${width} pixels`, async () => {
      await fillActions();
      // Its own session: a shared one may know the answers already.
      const { token } = await server.account('admin');
      const element = await monitor({ on: server, token, width, limit: 2 });
      assert.equal(element.status, 'loading');
      const height = element.offsetHeight;
      await until(() => isLive(element) && rowsOf(element).length === 2, 'the actions, live');
      assert.approximately(element.offsetHeight, height, 1);
      const { scrollWidth, clientWidth } = inside(element, '.base')!;
      assert.isAtMost(scrollWidth, clientWidth, 'nothing is cut off');
      for (const row of rowsOf(element)) {
        for (const part of row.querySelectorAll('.c-path, .c-path .head, .c-path .tail')) {
          if (width > 240) assert.isAtMost(part.scrollWidth, part.clientWidth, 'the whole path');
        }
        const [reason, size] = ['reason', 'size'].map((name) => boxOf(row, `.c-${name}`));
        const isApart = reason!.right <= size!.left || size!.right <= reason!.left;
        assert.isTrue(isApart || reason!.top >= size!.bottom - 2, 'reason and size');
      }
    });
  }

  it('filters by type, and goes through pages', async () => {
    await fillActions();
    const element = await liveMonitor({ on: server, limit: 1 });
    const select = () => inside(element, 'select') as HTMLSelectElement;
    const paths = () => rowsOf(element).map((row) => cell(row, 'path'));
    const pager = (name: string) => inside(element, `.pager .${name}`)!;
    await until(() => rowsOf(element).length === 1, 'the first page');
    const [first] = paths();
    assert.equal(pager('previous').ariaDisabled, 'true');
    pager('next').click();
    await until(() => paths()[0] !== first, 'the second page');
    pager('previous').click();
    await until(() => paths()[0] === first, 'the first page again');
    pager('next').click();
    await until(() => paths()[0] !== first, 'the second page');
    select().value = 'temp_dir';
    select().dispatchEvent(new Event('change'));
    await until(() => paths()[0] === first, 'the first page of a filtered list');
    assert.equal(cell(rowsOf(element)[0], 'type'), 'Temp dir');
    await assertAccessible(element);
    select().value = 'log';
    select().dispatchEvent(new Event('change'));
    await until(() => textOf(element, '.none'), 'the words for none of this type');
    assert.equal(textOf(element, '.none'), 'Nothing of this type has been cleaned up yet.');
    assert.equal(select().value, 'log');
  });

  it('has two lines a row at 390 pixels, and a secondary button', async () => {
    await fillActions();
    const element = await liveMonitor({ on: server, width: 390 });
    await until(() => rowsOf(element).length > 0, 'the actions');
    const cells = [...rowsOf(element)[0]!.querySelectorAll('td')];
    const shown = cells.filter((it) => it.offsetWidth > 0).map((it) => Math.round(boxOf(it).top));
    assert.lengthOf([...new Set(shown)], 2);
    const colour = (it: Element) => getComputedStyle(it).backgroundColor;
    assert.equal(colour(runButton(element)), colour(inside(element, '.base')!));
  });

  it('breaks no word of its columns’ names', async () => {
    await fillActions();
    const element = await liveMonitor({ on: server, width: 760 });
    await until(() => rowsOf(element).length > 0, 'the actions');
    for (const name of element.shadowRoot!.querySelectorAll('th')) {
      assert.lengthOf(linesOf(name), 1, name.textContent);
    }
  });

  it('has its six facts in full rows', async () => {
    for (const width of [641, 760, 1000]) {
      const element = await liveMonitor({ on: server, width });
      const tops = [...element.shadowRoot!.querySelectorAll('dt')].map((it) => boxOf(it).top);
      const inFirst = tops.filter((top) => top === tops[0]).length;
      assert.equal(tops.length % inFirst, 0, `${inFirst} in a row at ${width} pixels`);
    }
  });

  for (const width of [800, 320]) {
    it(`is accessible and cut off nowhere, at ${width} pixels, its dialog too`, async () => {
      const element = await openDialog({ on: server, width });
      await assertAccessible(element);
      dialog(element)?.close();
      await until(() => rowsOf(element).length > 0, 'the actions');
      const { scrollWidth, clientWidth } = inside(element, '.base')!;
      assert.isAtMost(scrollWidth, clientWidth);
      await assertAccessible(element);
    });
  }

  it('leaves no timer, no observer and no listener behind', async () => {
    await assertLeavesNothing(() => openDialog({ on: server }));
  });

  it('is collected once it is removed, its dialog open', async () => {
    await assertCollected(() => openDialog({ on: server }));
  });
});

describe('cb-cleanup-monitor without an answer', () => {
  it('says which role it needs', async () => {
    const { token } = await server.account('viewer');
    const element = await monitor({ on: server, token });
    await until(() => textOf(element).includes('Requires one of these roles'), 'the refusal');
    assert.equal(element.status, 'forbidden');
    assert.isNull(runButton(element));
    const { borderBlockStartWidth } = getComputedStyle(inside(element, '.message')!);
    assert.equal(borderBlockStartWidth, '0px', 'no rule below the header');
    await assertAccessible(element);
  });

  it('says that nobody answers, by an event too, and has places for the page’s words', async () => {
    const errors: unknown[] = [];
    const element = await show<CbCleanupMonitor>(
      html`<cb-cleanup-monitor
        base-url="http://127.0.0.1:1"
        token="any"
        @cb-error=${(event: CbErrorEvent) => errors.push(event.error)}
      >
        <p slot="loading" id="soon">One moment</p>
      </cb-cleanup-monitor>`,
    );
    const slot = (name: string) => inside(element, `slot[name=${name}]`) as HTMLSlotElement | null;
    assert.equal(slot('loading')?.assignedElements()[0]?.id, 'soon');
    await until(() => inside(element, '[part=retry]'), 'the words');
    assert.equal(element.status, 'error');
    assert.instanceOf(errors[0], Error);
    await assertAccessible(element);
    element.append(Object.assign(document.createElement('p'), { slot: 'error', id: 'own' }));
    assert.equal(slot('error')?.assignedElements()[0]?.id, 'own');
  });

  it('shows settings and last run where only the actions can’t be had, and tries again', async () => {
    const original = globalThis.fetch;
    // The line of the actions in what the server answers to the batch.
    globalThis.fetch = async (input, init) => {
      const response = await original(input, init);
      if (!response.url.endsWith('/api/batch')) return response;
      const lines = (await response.text()).trim().split('\n');
      const broken = lines.map((line) => {
        const part = JSON.parse(line) as BatchAnswer;
        return JSON.stringify(part.index === 1 ? { ...part, status: 503, body: null } : part);
      });
      return new Response(`${broken.join('\n')}\n`, response);
    };
    const element = await monitor({ on: server });
    try {
      await until(() => element.status === 'partial', 'the failure');
      await until(() => inside(element, '[part=retry]'), 'the words');
      assert.equal(term(element, 'Enabled'), 'Yes, every 15 min');
      assert.include(textOf(element, '.message'), 'The service failed');
      await assertAccessible(element);
    } finally {
      globalThis.fetch = original;
    }
    inside(element, '[part=retry]')?.click();
    await until(() => element.status === 'fresh' && rowsOf(element).length > 0, 'the actions');
  });

  it('keeps what it has, with its age, when the server goes', async function () {
    this.timeout(patience(60_000));
    const own = await startServer({ own: true });
    const element = await liveMonitor({ on: own });
    assert.equal(lastRun(element), 'No run yet');
    assert.include(textOf(element), 'Nothing has been cleaned up yet.');
    await own.stop();
    element.retry();
    await until(() => element.status === 'stale', 'the failure');
    assert.equal(term(element, 'Enabled'), 'Yes, every 15 min');
    await until(() => /\d sec old/.test(textOf(element, '.chip')), 'the age');
    runButton(element).click();
    await until(() => dialog(element)?.open, 'the dialog');
    submit(element)?.click();
    await until(
      () => textOf(element, '[role=alert]') !== '',
      'why it could not be asked',
      patience(20_000),
    );
    assert.isTrue(dialog(element)?.open);
    await assertAccessible(element);
  });
});

describe('cb-cleanup-monitor under a strict policy', () => {
  it('breaks none of it, dialog and actions included', async () => {
    await assertKeepsPolicy(async () => {
      const element = await openDialog({ on: server });
      await until(() => rowsOf(element).length > 0, 'the actions');
      return element;
    });
  });
});
