import { sendKeys } from '@web/test-runner-commands';
import { assert } from 'chai';
import { patience } from '../support/patience.ts';
import {
  cell,
  dialog,
  focused,
  isLive,
  lastRun,
  lists,
  liveMonitor,
  openDialog,
  option,
  rowsOf,
  runButton,
  submit,
  term,
  told,
} from './cleanup-monitor.ts';
import { startServer, type TestServer } from './server.ts';
import { assertAccessible, inside, textOf, until } from './support.ts';

describe('the run that cb-cleanup-monitor asks for', () => {
  let server: TestServer;

  before(async function () {
    this.timeout(patience(60_000));
    server = await startServer({ own: true });
  });

  after(() => server.stop());

  const isBack = (element: Element) => focused(element) === runButton(element);

  it('lists by keyboard what would be deleted, and deletes nothing', async function () {
    await server.abandon('kept');
    const element = await liveMonitor({ on: server });
    runButton(element).focus();
    await sendKeys({ press: 'Enter' });
    await until(() => dialog(element)?.open, 'the dialog');
    assert.isTrue(focused(element) === option(element, 'dry'), 'the harmless one first');
    await sendKeys({ press: 'Enter' });
    await until(() => !dialog(element)?.open, 'its end');
    assert.isTrue(isBack(element), 'the focus is back');
    await until(() => told(element).startsWith('Dry run: 1 would be deleted'), 'the result');
    await until(() => lists(element, 'kept'), 'the action');
    assert.equal(cell(rowsOf(element)[0], 'type'), 'Temp dir');
    assert.equal(cell(rowsOf(element)[0], 'reason'), 'Abandoned, would be deleted');
    const sentence = /^Last dry run \d+ sec ago, took [\d.]+ ?m?s, found 1 item \(.+\)$/;
    await until(() => sentence.test(lastRun(element)), 'its end in the summary');
    assert.isTrue(isBack(element), 'the focus is still there');
    assert.isTrue(await server.isThere('kept'));
  });

  it('deletes what has expired where that is chosen, and who only looks on sees it', async function () {
    await server.abandon('gone');
    const { token } = await server.account('sysops');
    const element = await openDialog({ on: server });
    await sendKeys({ press: 'ArrowDown' });
    assert.isTrue(focused(element) === option(element, 'real'));
    await sendKeys({ press: 'Enter' });
    await until(() => /^\d+ deleted, /.test(told(element)), 'the result');
    assert.match(lastRun(element), /^Last run \d+ sec ago, took .+, deleted \d+ items? \(.+\)$/);
    await until(() => cell(rowsOf(element)[0], 'reason') === 'Abandoned', 'the action');
    assert.isFalse(await server.isThere('gone'));
    const onlooker = await liveMonitor({ on: server, token });
    await until(() => lists(onlooker, 'gone'), 'the action');
    assert.isNull(runButton(onlooker));
    assert.isNull(dialog(onlooker));
  });

  it('says of deleting that it can’t be undone, and names its button by it', async () => {
    const element = await openDialog({ on: server });
    const name = () => submit(element)?.textContent.trim();
    assert.equal(name(), 'Run');
    const consequence = inside(
      element,
      `#${option(element, 'real').getAttribute('aria-describedby')!}`,
    );
    assert.include(consequence?.textContent, 'This can’t be undone.');
    assert.isFalse(option(element, 'dry').hasAttribute('aria-describedby'));
    assert.isFalse(dialog(element)?.hasAttribute('aria-describedby'));
    const colour = () => getComputedStyle(submit(element)!).backgroundColor;
    const harmless = colour();
    for (const [locale, dry, real] of [
      ['en', 'Run', 'Delete now'],
      ['de', 'Starten', 'Jetzt löschen'],
      ['ar', 'ابدأ', 'احذف الآن'],
    ] as const) {
      element.locale = locale;
      option(element, 'real').click();
      await until(() => name() === real, 'the name of what deletes');
      assert.notEqual(colour(), harmless);
      await assertAccessible(element);
      option(element, 'dry').click();
      await until(() => name() === dry, 'the name of what does not');
    }
  });

  it('is chosen anew each time: the one that deletes nothing is first again', async () => {
    const element = await openDialog({ on: server });
    option(element, 'real').click();
    inside(element, 'dialog .button:not(.main)')?.click();
    assert.isFalse(dialog(element)?.open);
    assert.isTrue(isBack(element));
    runButton(element).click();
    await until(() => dialog(element)?.open, 'the dialog');
    assert.isTrue(option(element, 'dry').checked);
    assert.equal(submit(element)?.textContent.trim(), 'Run');
  });

  it('does not begin where Escape closes the dialog, which gives the focus back', async () => {
    const element = await openDialog({ on: server });
    const before = lastRun(element);
    await sendKeys({ press: 'Escape' });
    await until(() => !dialog(element)?.open, 'its end');
    assert.isTrue(isBack(element));
    assert.equal(lastRun(element).split(',')[1], before.split(',')[1], 'the same run');
    assert.notInclude(lastRun(element), 'waiting to start');
  });

  it('has no dialog open any more where its element is moved', async () => {
    const element = await openDialog({ on: server });
    const { parentElement } = element;
    element.remove();
    parentElement?.append(element);
    await until(() => isLive(element) && runButton(element), 'the answer, live');
    assert.isFalse(dialog(element)?.open);
    runButton(element).click();
    await until(() => dialog(element)?.matches(':modal'), 'the dialog, above the page again');
  });

  it('is one, however often somebody confirms', async () => {
    const element = await openDialog({ on: server });
    const asked: string[] = [];
    const original = globalThis.fetch;
    globalThis.fetch = (input, init) => {
      const request = new Request(input, init);
      // The elements' own queries are POST as well: /api/batch.
      if (request.url.endsWith('/api/cleanup/runs')) asked.push(request.url);
      return original(request);
    };
    try {
      submit(element)?.click();
      submit(element)?.click();
      await until(() => !dialog(element)?.open, 'its end');
    } finally {
      globalThis.fetch = original;
    }
    assert.lengthOf(asked, 1);
  });
});

describe('cb-cleanup-monitor where only dry runs are allowed', () => {
  let dry: TestServer;

  before(async function () {
    this.timeout(patience(60_000));
    dry = await startServer({ own: true, env: { CLEANUP_DRY_RUN: 'true' } });
  });
  after(() => dry.stop());

  it('says so, and offers nothing else', async () => {
    const element = await openDialog({ on: dry });
    assert.equal(term(element, 'Dry run'), 'Yes');
    assert.include(textOf(element, 'dialog'), 'The server allows dry runs only');
    assert.isTrue(option(element, 'real').disabled);
    await assertAccessible(element);
  });

  it('shows the server’s refusal where a page knew other settings', async () => {
    const errors: unknown[] = [];
    const element = await openDialog({ on: dry });
    element.addEventListener('cb-error', ({ error }) => errors.push(error));
    option(element, 'real').disabled = false;
    option(element, 'real').click();
    submit(element)?.focus();
    submit(element)?.click();
    await until(() => /dry/i.test(textOf(element, '[role=alert]')), 'the refusal');
    assert.equal((errors[0] as { status?: number }).status, 409);
    assert.isTrue(dialog(element)?.open);
    assert.isTrue(focused(element) === submit(element));
    await assertAccessible(element);
    option(element, 'dry').click();
    submit(element)?.click();
    await until(() => !dialog(element)?.open, 'its end');
    assert.equal(textOf(element, '[role=alert]'), '');
  });
});
