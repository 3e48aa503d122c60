import { emulateMedia } from '@web/test-runner-commands';
import { assert } from 'chai';
import { html } from 'lit';
import '../../components/cb-exec-stream/define.ts';
import type { CbExecStream } from '../../components/cb-exec-stream/cb-exec-stream.ts';
import type { CbErrorEvent, CbSelectEvent } from '../../src/element/events.ts';
import type { Execution } from '@cloudbrain/sdk';
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

let server: TestServer;
let last = 0;
/** A domain of its own for each test: what others send is not seen. */
const newDomain = () => `test-${++last}.example.com`;

before(async function () {
  this.timeout(patience(60_000));
  server = await startServer();
});

after(() => server.stop());

interface Options {
  domain: string;
  limit?: number;
  width?: number;
  token?: string;
  locale?: string;
}

const stream = ({ domain, limit = 20, width = 900, token = server.token, locale = '' }: Options) =>
  show<CbExecStream>(
    html`<cb-exec-stream
      base-url=${server.url}
      token=${token}
      domain=${domain}
      limit=${limit}
      locale=${locale}
      .style=${`inline-size: ${width}px`}
    ></cb-exec-stream>`,
  );

const rowsOf = (element: Element) => [...element.shadowRoot!.querySelectorAll('.row')];
const cell = (row: Element | undefined, name: string) =>
  row?.querySelector(`.c-${name}`)?.textContent.replace(/\s+/g, ' ').trim();
const usersOf = (element: Element) => rowsOf(element).map((row) => cell(row, 'user'));
const isLive = (element: Element) => element.matches(':state(live)');
const button = (element: Element) => inside(element, '[part=pause]') as HTMLButtonElement;

/** Puts a stream into the page, and waits until it hears what happens. */
async function liveStream(options: Options): Promise<CbExecStream> {
  const element = await stream(options);
  await until(() => isLive(element), 'the live connection');
  return element;
}

describe('cb-exec-stream', () => {
  it('shows twenty rows at most, goes on by itself, and reflects both', async () => {
    const element = await show<CbExecStream>(html`<cb-exec-stream></cb-exec-stream>`);
    assert.equal(element.limit, 20);
    assert.isFalse(element.paused);
    assert.isTrue(element.matches(':state(error)'), 'it isn’t connected');
    Object.assign(element, { limit: 5, paused: true, token: 'secret' });
    await element.updateComplete;
    assert.equal(element.getAttribute('limit'), '5');
    assert.isTrue(element.hasAttribute('paused'));
    assert.isFalse(element.hasAttribute('token'));
  });

  for (const width of [900, 700, 560, 400, 220]) {
    it(`does not jump when its rows come, at ${width} pixels`, async () => {
      const domain = newDomain();
      await server.send({ domain }, { domain, failed: true }, { domain, running: true });
      const element = await stream({ domain, limit: 3, width });
      assert.equal(element.status, 'loading');
      const height = element.offsetHeight;
      await until(() => isLive(element) && rowsOf(element).length === 3, 'the rows, live');
      assert.approximately(element.offsetHeight, height, 1);
      const { scrollWidth, clientWidth } = inside(element, '.base')!;
      assert.isAtMost(scrollWidth, clientWidth, 'nothing is cut off');
    });
  }

  for (const locale of ['en', 'de', 'ar']) {
    it(`keeps its columns where they are when rows come, in ${locale}`, async () => {
      const domain = newDomain();
      await server.send({ domain }, { domain, failed: true }, { domain, running: true });
      const element = await stream({ domain, limit: 3, locale });
      const columns = () =>
        [...element.shadowRoot!.querySelectorAll('th')].map((it) => it.getBoundingClientRect().x);
      await until(() => columns().length > 0, 'the skeleton');
      const before = columns();
      await until(() => rowsOf(element).length === 3, 'the rows');
      columns().forEach((x, index) => assert.approximately(x, before[index]!, 2));
    });
  }

  for (const width of [1000, 905, 803, 720, 640, 545, 420]) {
    it(`shows user and model, whole where there is room, at ${width} pixels`, async () => {
      const domain = newDomain();
      const user = 'grace@example.com';
      await server.send({ domain, user, model: 'claude-sonnet-4-5' });
      await server.send({ domain, user: 'a'.repeat(80), model: 'm'.repeat(60), failed: true });
      const element = await liveStream({ domain, width });
      const [long, usual] = rowsOf(element);
      for (const name of ['user', 'model']) {
        const cell = usual!.querySelector(`.c-${name}`)!;
        assert.isAbove(cell.clientWidth, 0, name);
        assert.isAtMost(cell.scrollWidth, cell.clientWidth, name);
      }
      const boxes = [...long!.children].map((it) => it.getBoundingClientRect());
      const overlaps = boxes.flatMap((a, index) =>
        boxes
          .slice(index + 1)
          .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom - 2)
          .filter((b) => b.top < a.bottom - 2),
      );
      assert.isEmpty(overlaps, 'cells beside each other');
    });
  }

  it('tells of an error without a type what its message says', async () => {
    const domain = newDomain();
    await server.send({ domain, failed: 'untyped' });
    const [failed] = rowsOf(await liveStream({ domain }));
    assert.equal(cell(failed, 'progress'), 'The model took too long.');
    const error = failed?.querySelector<HTMLElement>('[part=error]');
    assert.equal(error?.title, 'The model took too long.');
  });

  it('tells of each execution what there is to tell', async () => {
    const domain = newDomain();
    await server.send({ domain, user: 'ada@example.com', model: 'gpt-5', durationMs: 73_000 });
    await server.send({ domain, failed: true });
    await server.send({ domain, running: true });
    const element = await liveStream({ domain });
    const [running, failed, completed] = rowsOf(element);
    assert.equal(cell(running, 'status'), '◐Running');
    assert.equal(cell(failed, 'status'), '✕Failed');
    assert.equal(cell(failed, 'progress'), 'MODEL_TIMEOUT');
    const error = failed?.querySelector<HTMLElement>('[part=error]');
    assert.equal(error?.title, 'MODEL_TIMEOUT: The model took too long.');
    assert.equal(cell(completed, 'status'), '✓Completed');
    assert.match(cell(completed, 'execution')!, /^exec-[\da-f]{6}$/);
    assert.equal(cell(completed, 'user'), 'ada@example.com');
    assert.equal(cell(completed, 'model'), 'gpt-5');
    assert.equal(cell(completed, 'progress'), '1 of 1');
    assert.equal(cell(completed, 'elapsed'), '1 min 13 s');
    assert.equal(textOf(element, '.heading'), 'Recent executions');
    assert.equal(inside(element, 'table')?.ariaLabel, 'Recent executions');
  });

  it('shows what happens as it happens: first running, then over, newest on top', async () => {
    const domain = newDomain();
    const trace = Date.now();
    const element = await liveStream({ domain });
    assert.equal(element.status, 'empty');
    assert.include(textOf(element), 'No executions in this period.');
    await server.send({ domain, trace, running: true, durationMs: 5_000, user: 'first' });
    await until(() => rowsOf(element).length === 1, 'the row');
    assert.equal(cell(rowsOf(element)[0], 'status'), '◐Running');
    await server.send({ domain, user: 'second' });
    await until(() => rowsOf(element).length === 2, 'the second row');
    await server.send({ domain, trace, durationMs: 5_000, user: 'first' });
    await until(() => cell(rowsOf(element)[1], 'status') === '✓Completed', 'the end of the first');
    assert.deepEqual(usersOf(element), ['second', 'first']);
  });

  it('keeps the focus where it is while rows come and go', async () => {
    const domain = newDomain();
    await server.send({ domain, user: 'a' });
    await server.send({ domain, user: 'b' });
    const element = await liveStream({ domain, limit: 2 });
    const button = rowsOf(element)[0]!.querySelector('button')!;
    button.focus();
    await server.send({ domain, user: 'c' });
    await until(() => usersOf(element)[0] === 'c', 'the new row');
    assert.deepEqual(usersOf(element), ['c', 'b']);
    assert.equal(element.shadowRoot?.activeElement, button);
    assert.equal(rowsOf(element)[1]?.querySelector('button'), button);
  });

  it('hands the focus of a row that falls off to the one in its place', async () => {
    const domain = newDomain();
    for (const user of ['a', 'b', 'c']) await server.send({ domain, user });
    const element = await liveStream({ domain, limit: 3 });
    const focused = () => element.shadowRoot?.activeElement;
    const buttons = () => rowsOf(element).map((row) => row.querySelector('button'));
    buttons()[2]!.focus();
    await server.send({ domain, user: 'd' });
    await until(() => usersOf(element)[0] === 'd', 'the new row');
    assert.deepEqual(usersOf(element), ['d', 'c', 'b']);
    assert.equal(focused(), buttons()[2]);
    await server.send({ domain, user: 'e' }, { domain, user: 'f' }, { domain, user: 'g' });
    await until(() => !usersOf(element).includes('b'), 'others in all places');
    assert.include(buttons(), focused());
  });

  it('ticks while something runs, in whole seconds', async () => {
    const domain = newDomain();
    await server.send({ domain, running: true, durationMs: 3_000 });
    const element = await liveStream({ domain });
    const elapsed = () => cell(rowsOf(element)[0], 'elapsed')!;
    assert.match(elapsed(), /^\d+s$/);
    const before = elapsed();
    await until(() => elapsed() !== before, 'the next second');
    assert.match(elapsed(), /^\d+s$/);
  });

  it('keeps to its limit, and takes 20 for nonsense', async () => {
    const domain = newDomain();
    const users = ['a', 'b', 'c', 'd'];
    for (const user of users) await server.send({ domain, user });
    const element = await liveStream({ domain, limit: 2 });
    assert.deepEqual(usersOf(element), ['d', 'c']);
    await server.send({ domain, user: 'e' });
    await until(() => usersOf(element)[0] === 'e', 'the newest');
    assert.deepEqual(usersOf(element), ['e', 'd']);
    element.setAttribute('limit', 'many');
    await until(() => rowsOf(element).length === 5, 'all of them');
  });

  it('says which execution somebody chose', async () => {
    const domain = newDomain();
    await server.send({ domain, user: 'ada' });
    const element = await liveStream({ domain });
    const chosen: Execution[] = [];
    const listen = (event: CbSelectEvent) => chosen.push(event.item as Execution);
    document.body.addEventListener('cb-select', listen, { once: true });
    inside(element, '[part=id]')?.click();
    assert.equal(chosen[0]?.user, 'ada');
    assert.equal(inside(element, '[part=id]')?.title, chosen[0]?.id);
  });

  it('opens a row wherever it is pressed, and by its button', async () => {
    const domain = newDomain();
    await server.send({ domain, user: 'ada' });
    const element = await liveStream({ domain });
    const opened: unknown[] = [];
    element.addEventListener('cb-select', ({ item }) => opened.push((item as Execution).user));
    const [row] = rowsOf(element);
    row!.querySelector<HTMLElement>('.c-elapsed')!.click();
    const open = row!.querySelector<HTMLButtonElement>('[part=open]')!;
    assert.match(open.ariaLabel!, /^Show execution exec-[\da-f]{6}$/);
    open.click();
    assert.deepEqual(opened, ['ada', 'ada']);
    await until(() => row!.getAttribute('aria-current') === 'true', 'the mark of the open one');
  });

  it('says when each started', async () => {
    const domain = newDomain();
    await server.send({ domain });
    const element = await liveStream({ domain });
    const time = rowsOf(element)[0]!.querySelector<HTMLTimeElement>('.c-started time')!;
    assert.approximately(Date.parse(time.dateTime), Date.now(), 120_000);
    assert.match(time.textContent.trim(), /^\d+:\d\d/);
    assert.include(time.title, String(new Date(time.dateTime).getFullYear()));
  });

  it('shows those of one user or model, its own or the provider’s', async () => {
    const domain = newDomain();
    await server.send({ domain, user: 'ada', model: 'gpt-5' });
    await server.send({ domain, user: 'bob', model: 'glm-4' });
    await server.send({ domain, user: 'cleo', model: 'gpt-5' });
    const element = await liveStream({ domain });
    element.user = 'bob';
    await until(() => usersOf(element).join() === 'bob', 'those of bob');
    Object.assign(element, { user: undefined, model: 'gpt-5' });
    await until(() => usersOf(element).join() === 'cleo,ada', 'those of the model');
    await server.send({ domain, user: 'dan', model: 'glm-4' });
    await server.send({ domain, user: 'eve', model: 'gpt-5' });
    await until(() => usersOf(element)[0] === 'eve', 'a new one');
    assert.deepEqual(usersOf(element), ['eve', 'cleo', 'ada']);
  });

  it('counts by the server’s clock where the reader’s is wrong', async () => {
    const domain = newDomain();
    await server.send({ domain, running: true, durationMs: 3_000 });
    const { now } = Date;
    Date.now = () => now() + 3_600_000;
    try {
      const { token } = await server.account('admin');
      const element = await stream({ domain, token });
      await until(() => rowsOf(element).length === 1, 'the row');
      assert.match(cell(rowsOf(element)[0], 'elapsed')!, /^\d+s$/);
    } finally {
      Date.now = now;
    }
  });

  it('renders once a frame at most, however much arrives', async function () {
    const domain = newDomain();
    const element = await liveStream({ domain });
    const counted = { renders: 0, frames: 0, most: 0 };
    let inFrame = 0;
    let watching = true;
    const frame = () => {
      counted.frames++;
      inFrame = 0;
      if (watching) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    element.addController({
      hostUpdated: () => {
        counted.renders++;
        counted.most = Math.max(counted.most, ++inFrame);
      },
    });
    const runs = Array.from({ length: 1_000 }, (_, n) => ({ domain, user: `user ${n}` }));
    await server.send(...runs);
    await server.send(...runs.map((run) => ({ ...run, failed: true })));
    await server.send({ domain, user: 'the last' });
    await until(() => usersOf(element)[0] === 'the last', 'the last of them', patience(20_000));
    watching = false;
    assert.lengthOf(rowsOf(element), 20);
    assert.equal(counted.most, 1, 'renders in the busiest frame');
    assert.isAtMost(counted.renders, counted.frames + 1);
  });

  it('renders without frames too: a page in the background gets none', async () => {
    const domain = newDomain();
    const element = await liveStream({ domain });
    const original = globalThis.requestAnimationFrame;
    const frames: FrameRequestCallback[] = [];
    globalThis.requestAnimationFrame = (callback) => frames.push(callback);
    try {
      await server.send({ domain });
      const end = Date.now() + patience(5_000);
      while (rowsOf(element).length === 0 && Date.now() < end)
        await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      globalThis.requestAnimationFrame = original;
    }
    assert.lengthOf(rowsOf(element), 1);
  });

  it('stands still while it is paused, counts what comes, and then shows it', async () => {
    const domain = newDomain();
    await server.send({ domain, user: 'old' });
    const element = await liveStream({ domain });
    assert.equal(button(element).textContent.trim(), 'Pause');
    button(element).click();
    await element.updateComplete;
    assert.equal(button(element).textContent.trim(), 'Resume');
    await server.send({ domain, user: 'new' }, { domain, user: 'newer' });
    await until(() => button(element).textContent.includes('2 new'), 'the count');
    assert.deepEqual(usersOf(element), ['old']);
    button(element).click();
    await until(() => rowsOf(element).length === 3, 'all of them');
    assert.isFalse(element.paused);
  });

  it('counts no more than it knows of while it is paused: at least so many', async () => {
    const domain = newDomain();
    await server.send({ domain, user: 'old' }, { domain, user: 'older' });
    const element = await liveStream({ domain, limit: 2 });
    element.pause();
    await element.updateComplete;
    const label = () => button(element).textContent.trim();
    await server.send({ domain });
    await until(() => label() === 'Resume, 1 new', 'the count');
    await server.send({ domain }, { domain }, { domain });
    await until(() => label() === 'Resume, 2+ new', 'at least two');
    element.locale = 'de';
    await until(() => label() === 'Fortsetzen, 2+ neue', 'the same in German');
    element.locale = 'ar';
    await until(() => label() === 'متابعة، الجديد: 2 أو أكثر', 'the same in Arabic');
  });

  it('stands still also where there was nothing, and lets go of what another question found', async () => {
    const domain = newDomain();
    const other = newDomain();
    await server.send({ domain: other, user: 'other' });
    const element = await liveStream({ domain });
    element.pause();
    await element.updateComplete;
    await server.send({ domain });
    await until(() => button(element).textContent.includes('1 new'), 'the count');
    assert.equal(element.status, 'empty');
    element.domain = other;
    await until(() => usersOf(element)[0] === 'other', 'the other domain');
    assert.isTrue(element.paused);
    element.resume();
    await element.updateComplete;
    assert.equal(button(element).textContent.trim(), 'Pause');
  });

  it('tells politely of new rows: at once, then together, and not of old ones', async function () {
    const domain = newDomain();
    await server.send({ domain }, { domain }, { domain });
    const element = await liveStream({ domain, limit: 2 });
    const told = () => textOf(element, '[role=status]');
    element.limit = 3;
    await until(() => rowsOf(element).length === 3, 'one more, which is old');
    assert.equal(told(), '');
    await server.send({ domain });
    await until(() => told() === '1 new execution', 'the first news');
    await server.send({ domain });
    await server.send({ domain });
    await until(() => told() === '2 new executions', 'the rest, together');
  });

  it('speaks German and Arabic', async () => {
    const domain = newDomain();
    await server.send({ domain, durationMs: 73_000 });
    const german = await liveStream({ domain, locale: 'de' });
    assert.equal(textOf(german, '.heading'), 'Letzte Ausführungen');
    assert.equal(cell(rowsOf(german)[0], 'status'), '✓Abgeschlossen');
    const arabic = await liveStream({ domain, locale: 'ar' });
    assert.equal(inside(arabic, '.base')?.dir, 'rtl');
    assert.equal(cell(rowsOf(arabic)[0], 'status'), '✓مكتمل');
    const [status, elapsed] = ['status', 'elapsed'].map((name) =>
      inside(arabic, `.row .c-${name}`)!.getBoundingClientRect(),
    );
    assert.isAbove(status!.left, elapsed!.left, 'from right to left');
  });

  it('is accessible in every layout, light and dark', async () => {
    const domain = newDomain();
    await server.send({ domain }, { domain, failed: true }, { domain, running: true });
    for (const width of [900, 400, 220]) {
      await assertAccessible(await liveStream({ domain, width }));
    }
    const empty = await liveStream({ domain: newDomain() });
    await assertAccessible(empty);
  });

  it('shows names as they are, whatever is in them', async () => {
    const domain = newDomain();
    const user = '<img src=x onerror=alert(1)>';
    await server.send({ domain, user, model: '{{constructor}}' });
    const element = await liveStream({ domain });
    assert.equal(usersOf(element)[0], user);
    assert.equal(cell(rowsOf(element)[0], 'model'), '{{constructor}}');
    assert.isNull(inside(element, 'img'));
  });

  it('moves nothing where less motion is wanted', async () => {
    const domain = newDomain();
    await server.send({ domain, running: true });
    const element = await liveStream({ domain });
    const motion = () => getComputedStyle(inside(element, '.icon')!).animationName;
    assert.equal(motion(), 'pulse');
    await emulateMedia({ reducedMotion: 'reduce' });
    assert.equal(motion(), 'none');
    await emulateMedia({ reducedMotion: 'no-preference' });
  });

  it('leaves no timer, no observer and no listener behind', async () => {
    const domain = newDomain();
    await server.send({ domain, running: true });
    await assertLeavesNothing(() => liveStream({ domain }));
  });

  it('is collected once it is removed', async () => {
    const domain = newDomain();
    await server.send({ domain, running: true });
    await assertCollected(() => liveStream({ domain }));
  });
});

describe('cb-exec-stream without an answer', () => {
  it('says which role it needs', async () => {
    const { token } = await server.account('sysops');
    const element = await stream({ domain: '', token });
    await until(() => textOf(element).includes('Requires one of these roles'), 'the refusal');
    assert.equal(element.status, 'forbidden');
    assert.isNull(button(element));
    await assertAccessible(element);
  });

  it('says that nobody answers, tries again, and gives its place to the page’s words', async () => {
    const errors: unknown[] = [];
    const element = await show<CbExecStream>(
      html`<cb-exec-stream
        base-url="http://127.0.0.1:1"
        token="any"
        @cb-error=${(event: CbErrorEvent) => errors.push(event.error)}
      >
        <p slot="loading">One moment</p>
      </cb-exec-stream>`,
    );
    await until(() => inside(element, '[part=retry]'), 'the words');
    assert.equal(element.status, 'error');
    await assertAccessible(element);
    inside(element, '[part=retry]')?.click();
    await until(() => errors.length === 2, 'the failure of the second try');
    element.append(Object.assign(document.createElement('p'), { slot: 'error', id: 'own' }));
    const slot = inside(element, 'slot[name=error]') as HTMLSlotElement;
    assert.equal(slot.assignedElements()[0]?.id, 'own');
  });

  it('gives its place to the page’s words where there is nothing', async () => {
    const element = await show<CbExecStream>(
      html`<cb-exec-stream base-url=${server.url} token=${server.token} domain=${newDomain()}>
        <p slot="empty">Nobody works today</p>
      </cb-exec-stream>`,
    );
    await until(() => element.status === 'empty', 'the answer');
    const slot = inside(element, 'slot[name=empty]') as HTMLSlotElement;
    assert.equal(slot.assignedElements()[0]?.textContent, 'Nobody works today');
  });

  it('keeps what it has, with its age, when the server goes', async function () {
    this.timeout(patience(60_000));
    const own = await startServer({ own: true });
    await own.send({ domain: 'a', user: 'ada' });
    const element = await show<CbExecStream>(
      html`<cb-exec-stream base-url=${own.url} token=${own.token}></cb-exec-stream>`,
    );
    await until(() => isLive(element), 'the live connection');
    await own.stop();
    element.retry();
    await until(() => element.status === 'stale', 'the failure');
    assert.deepEqual(usersOf(element), ['ada']);
    await until(() => /\d s old/.test(textOf(element, '.chip')), 'the age');
    await assertAccessible(element);
  });
});

describe('cb-exec-stream under a strict policy', () => {
  it('breaks none of it, also where rows come', async () => {
    const domain = newDomain();
    await server.send({ domain, running: true });
    await assertKeepsPolicy(async () => {
      const element = await liveStream({ domain });
      await server.send({ domain, failed: true });
      await until(() => rowsOf(element).length === 2, 'the new row');
      return element;
    });
  });
});
