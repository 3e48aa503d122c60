import { executeServerCommand } from '@web/test-runner-commands';
import { assert } from 'chai';
import { html } from 'lit';
import '../../components/cb-exec-stream/define.ts';
import type { CbExecStream } from '../../components/cb-exec-stream/cb-exec-stream.ts';
import '../../components/cb-stat-card/define.ts';
import type { CbStatCard } from '../../components/cb-stat-card/cb-stat-card.ts';
import '../../components/cb-usage-timeline/define.ts';
import type { CbUsageTimeline } from '../../components/cb-usage-timeline/cb-usage-timeline.ts';
import { patience } from '../support/patience.ts';
import { dialog, isLive, liveMonitor, runButton, term, told } from './cleanup-monitor.ts';
import { startServer, type TestServer } from './server.ts';
import { assertAccessible, inside, show, textOf, until } from './support.ts';

/** As when a deployment has replaced the files, or the network is gone. */
const lose = (name: string) => executeServerCommand('module:lose', name as never);

/** What nobody has caught. */
const uncaught: unknown[] = [];
const note = (event: PromiseRejectionEvent) => uncaught.push(event.reason);

describe('a module that can’t be loaded when it is needed', () => {
  let server: TestServer;

  before(async function () {
    this.timeout(patience(60_000));
    server = await startServer({ own: true });
    await server.send({ domain: 'app.example.com' });
    globalThis.addEventListener('unhandledrejection', note);
  });

  afterEach(async () => {
    await executeServerCommand('module:find');
    assert.isEmpty(uncaught);
  });

  after(async () => {
    globalThis.removeEventListener('unhandledrejection', note);
    await server.stop();
  });

  it('costs a timeline its chart: it says so, and shows the figures as a table', async function () {
    await lose('echarts');
    const element = await show<CbUsageTimeline>(
      html`<cb-usage-timeline base-url=${server.url} token=${server.token}></cb-usage-timeline>`,
    );
    await until(() => inside(element, 'table'), 'the table');
    assert.equal(element.status, 'fresh');
    assert.include(textOf(element), 'The chart could not be loaded. Its data is shown as a table.');
    const [last] = [...element.shadowRoot!.querySelectorAll('tbody tr')].slice(-1);
    assert.equal(last?.children[1]?.textContent.trim(), '1');
    assert.isNull(inside(element, '.link'), 'nothing that would lead to the chart');
    assert.isFalse(element.asTable, 'the page’s own choice stays');
    await until(() => isLive(element), 'the live connection');
    await server.send({ domain: 'app.example.com' });
    const rest = () => element.shadowRoot!.querySelector('tbody tr:last-child td')?.textContent;
    await until(() => rest()?.trim() === '2', 'what happens');
    await assertAccessible(element);
  });

  it('costs a cleanup its dialog: it says what to do, and shows the rest', async () => {
    await lose('run-dialog');
    const element = await liveMonitor({ on: server });
    runButton(element).click();
    await until(() => told(element), 'the words');
    assert.equal(told(element), 'This could not be loaded. Reload the page.');
    assert.isNull(dialog(element));
    assert.equal(element.status, 'fresh');
    assert.equal(term(element, 'Enabled'), 'Yes');
    await assertAccessible(element);
  });

  it('costs a card its figure: it says why it is not known', async () => {
    await lose('figure');
    const card = await show<CbStatCard>(
      html`<cb-stat-card
        metric="requests"
        heading="Requests"
        base-url=${server.url}
        token=${server.token}
      ></cb-stat-card>`,
    );
    await until(() => card.status === 'partial', 'that it is not known');
    assert.equal(textOf(card, '[part=value]'), '–');
    assert.match(textOf(card, '[part=description]'), /import|load|fetch/i);
    await assertAccessible(card);
    card.removeAttribute('metric');
    card.value = 12;
    await until(() => textOf(card, '[part=value]') === '12', 'a figure of the page’s own');
  });

  it('costs a problem its view: the error’s own words stand there, and it passes', async () => {
    await lose('problem-view');
    const original = globalThis.fetch;
    globalThis.fetch = () => Promise.resolve(Response.json({ title: 'Broken' }, { status: 503 }));
    const element = await show<CbExecStream>(
      html`<cb-exec-stream base-url=${server.url} token=${server.token}></cb-exec-stream>`,
    );
    try {
      await until(() => element.status === 'error', 'the failure');
      await until(() => /\w/.test(textOf(element, '.message')), 'words');
      await assertAccessible(element);
    } finally {
      globalThis.fetch = original;
    }
    element.retry();
    await until(() => element.status === 'fresh', 'the executions');
    assert.isNull(inside(element, '.message'));
  });
});
