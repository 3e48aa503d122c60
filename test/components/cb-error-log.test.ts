import { assert } from 'chai';
import { html } from 'lit';
import '../../components/cb-error-detail/define.ts';
import '../../components/cb-error-log/define.ts';
import '../../components/cb-provider/define.ts';
import type { CbErrorDetail } from '../../components/cb-error-detail/cb-error-detail.ts';
import type { CbErrorLog } from '../../components/cb-error-log/cb-error-log.ts';
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

before(async function () {
  this.timeout(patience(60_000));
  server = await startServer();
  await server.send({ domain: 'a', failed: true }, { domain: 'b', failed: 'untyped' });
});

after(() => server.stop());

const rowsOf = (element: Element) => [
  ...element.shadowRoot!.querySelectorAll<HTMLElement>('.rows > .row'),
];
const cell = (row: Element | undefined, name: string) =>
  row?.querySelector(`.c-${name}`)?.textContent.trim();

interface Options {
  token?: string;
  domain?: string;
  locale?: string;
  width?: number;
}

/** A list and its detail, in one provider. */
async function makePair({
  token = server.token,
  domain = '',
  locale = '',
  width = 900,
}: Options = {}) {
  const provider = await show<HTMLElement>(
    html`<cb-provider
      base-url=${server.url}
      token=${token}
      domain=${domain}
      locale=${locale}
      timeframe="24h"
    >
      <cb-error-log .style=${`inline-size: ${width}px`}></cb-error-log>
      <cb-error-detail .style=${`inline-size: ${width}px`}></cb-error-detail>
    </cb-provider>`,
  );
  return {
    provider,
    log: provider.querySelector<CbErrorLog>('cb-error-log')!,
    detail: provider.querySelector<CbErrorDetail>('cb-error-detail')!,
  };
}

describe('cb-error-log with cb-error-detail', () => {
  it('lists what failed, and opens it in the detail beside it', async () => {
    const { log, detail } = await makePair({ domain: 'a' });
    await until(() => rowsOf(log).length > 0, 'the errors');
    assert.equal(cell(rowsOf(log)[0], 'type'), 'MODEL_TIMEOUT');
    assert.equal(cell(rowsOf(log)[0], 'message'), 'The model took too long.');
    assert.equal(detail.status, 'empty');
    assert.include(textOf(detail), 'No error is selected.');
    rowsOf(log)[0]!.click();
    await until(() => textOf(detail).includes('MODEL_TIMEOUT'), 'the detail');
    assert.include(textOf(detail), 'The model took too long.');
    await until(() => rowsOf(log)[0]!.getAttribute('aria-current') === 'true', 'the mark');
    await assertAccessible(log);
    await assertAccessible(detail);
  });

  it('shows new ones as they happen, and those of one severity', async () => {
    const { log } = await makePair({ domain: 'c' });
    await until(() => log.matches(':state(live)') && log.status === 'empty', 'no errors, live');
    assert.include(textOf(log), 'No errors in this period.');
    await server.send({ domain: 'c', failed: true });
    await until(() => rowsOf(log).length > 0, 'the new one', patience(15_000));
    const select = inside(log, 'select') as HTMLSelectElement;
    const severity = /Critical|Error|Warning/.exec(cell(rowsOf(log)[0], 'severity')!)![0];
    const other = severity === 'Warning' ? 'critical' : 'warning';
    select.value = other;
    select.dispatchEvent(new Event('change'));
    await until(() => textOf(log).includes('No errors of this severity'), 'none of another');
    select.value = severity.toLowerCase();
    select.dispatchEvent(new Event('change'));
    await until(() => rowsOf(log).length > 0, 'those of its own');
  });

  it('speaks German and Arabic', async () => {
    const german = await makePair({ locale: 'de' });
    await until(() => rowsOf(german.log).length > 0, 'the errors');
    assert.equal(textOf(german.log, '.heading'), 'Fehler');
    assert.include(textOf(german.detail), 'Kein Fehler ausgewählt.');
    const arabic = await makePair({ locale: 'ar' });
    await until(() => inside(arabic.log, '.base')?.dir === 'rtl', 'from right to left');
    await until(() => textOf(arabic.log, '.heading') === 'الأخطاء', 'the heading');
  });

  it('is accessible, and cut off nowhere, where it is narrow', async () => {
    const { log, detail } = await makePair({ width: 390 });
    await until(() => rowsOf(log).length > 0, 'the errors');
    rowsOf(log)[0]!.click();
    await until(() => detail.status === 'fresh', 'the detail');
    for (const element of [log, detail]) {
      const { scrollWidth, clientWidth } = inside(element, '.base')!;
      assert.isAtMost(scrollWidth, clientWidth);
      await assertAccessible(element);
    }
  });

  it('says which role it needs', async () => {
    const { token } = await server.account('viewer');
    const { log } = await makePair({ token });
    await until(() => textOf(log).includes('Requires one of these roles'), 'the refusal');
    assert.equal(log.status, 'forbidden');
  });

  async function makeLoaded(): Promise<HTMLElement> {
    const { log, provider } = await makePair();
    await until(() => rowsOf(log).length > 0, 'the errors');
    return provider;
  }

  it('leaves no timer, no observer and no listener behind', async () => {
    await assertLeavesNothing(makeLoaded);
  });

  it('is collected once it is removed', async () => {
    await assertCollected(makeLoaded);
  });

  it('breaks no strict policy', async () => {
    await assertKeepsPolicy(async () => {
      const { log, detail } = await makePair();
      await until(() => rowsOf(log).length > 0, 'the errors');
      rowsOf(log)[0]!.click();
      await until(() => detail.status === 'fresh', 'the detail');
      return log;
    });
  });
});
