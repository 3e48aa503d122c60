import { assert } from 'chai';
import { html } from 'lit';
import '../../components/cb-example/define.ts';
import type { CbExample } from '../../components/cb-example/cb-example.ts';
import type { CbErrorEvent } from '../../src/element/events.ts';
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
const isLive = (element: Element) => element.matches(':state(live)');

let server: TestServer;

before(async function () {
  this.timeout(60_000);
  server = await startServer();
  await server.send({ domain: DOMAIN }, { domain: DOMAIN, failed: true });
});

after(() => server.stop());

const connected = (attributes: Partial<CbExample> = {}) =>
  show<CbExample>(
    html`<cb-example
      base-url=${server.url}
      token=${attributes.token ?? server.token}
      domain=${attributes.domain ?? DOMAIN}
      locale=${attributes.locale ?? 'en'}
      ?without-errors=${attributes.withoutErrors ?? false}
    >
      <p slot="empty">Nothing here</p>
    </cb-example>`,
  );

const live = async () => {
  const element = await connected();
  await until(() => isLive(element) && element.status === 'fresh', 'the figures, live');
  return element;
};

describe('cb-example', () => {
  it('has defaults, and reflects what can be styled by, but never the token', async () => {
    const element = await show<CbExample>(html`<cb-example></cb-example>`);
    assert.isFalse(element.withoutErrors);
    Object.assign(element, { withoutErrors: true, domain: DOMAIN, token: 'secret' });
    await element.updateComplete;
    assert.isTrue(element.hasAttribute('without-errors'));
    assert.equal(element.getAttribute('domain'), DOMAIN);
    assert.isFalse(element.hasAttribute('token'));
  });

  it('goes from its skeleton to the figures, and is live', async () => {
    const element = await connected();
    assert.equal(element.status, 'loading');
    assert.isNotNull(inside(element, '.skeleton'));
    await until(() => element.status === 'fresh' && isLive(element), 'the figures, live');
    assert.equal(textOf(element, '.heading'), 'Example title');
    assert.equal(textOf(element, '.requests'), '2');
    assert.equal(textOf(element, '.errors'), '1');
    await server.send({ domain: DOMAIN });
    await until(() => textOf(element, '.requests') === '3', 'the new request');
  });

  it('leaves the failed requests out where it is told to', async () => {
    const element = await connected({ withoutErrors: true });
    await until(() => element.status === 'fresh', 'the figures');
    assert.isNull(inside(element, '.errors'));
  });

  it('is empty without requests, and its slot can say why', async () => {
    const element = await connected({ domain: 'nothing.example.com' });
    await until(() => element.status === 'empty', 'the answer');
    const slot = inside(element, 'slot[name=empty]') as HTMLSlotElement;
    assert.equal(slot.assignedElements()[0]?.textContent, 'Nothing here');
    await assertAccessible(element);
  });

  it('says which role it needs', async () => {
    const { token } = await server.account('sysops');
    const element = await connected({ token });
    await until(() => element.status === 'forbidden', 'the refusal');
    await until(() => textOf(element).includes('viewer'), 'the role');
    await assertAccessible(element);
  });

  it('tells of a server that is not there, by an event too, and has places for words', async () => {
    const errors: unknown[] = [];
    const element = await show<CbExample>(
      html`<cb-example
        base-url="http://127.0.0.1:1"
        token="any"
        @cb-error=${(event: CbErrorEvent) => errors.push(event.error)}
      >
        <p slot="loading">One moment</p>
      </cb-example>`,
    );
    const inSlot = (name: string) =>
      (inside(element, `slot[name=${name}]`) as HTMLSlotElement | null)?.assignedElements()[0];
    assert.equal(inSlot('loading')?.textContent, 'One moment');
    await until(() => inside(element, '[part=retry]'), 'the words');
    assert.equal(element.status, 'error');
    assert.instanceOf(errors[0], Error);
    await assertAccessible(element);
    inside(element, '[part=retry]')?.click();
    await until(() => errors.length === 2, 'the failure of the second try');
    element.append(Object.assign(document.createElement('p'), { slot: 'error', id: 'own' }));
    assert.equal(inSlot('error')?.id, 'own');
  });

  it('speaks German and Arabic, with their figures and direction', async () => {
    const german = await connected({ locale: 'de' });
    await until(() => german.status === 'fresh', 'the figures');
    assert.equal(textOf(german, 'dt'), 'Anfragen');
    const arabic = await connected({ locale: 'ar-EG' });
    await until(() => arabic.status === 'fresh', 'the figures');
    await until(() => textOf(arabic, 'dt') === 'الطلبات', 'the words');
    assert.equal(textOf(arabic, '.errors'), '١');
    assert.equal(inside(arabic, '.base')?.dir, 'rtl');
  });

  it('shows nonsense as text, without running or breaking anything', async () => {
    const script = '<img src=x onerror=alert(1)>';
    const element = await show<CbExample>(html`<cb-example heading=${script}></cb-example>`);
    assert.equal(textOf(element, '.heading'), script);
    assert.isNull(inside(element, 'img'));
  });

  it('is accessible in light and dark', async () => {
    const element = await connected();
    await until(() => element.status === 'fresh', 'the figures');
    await assertAccessible(element);
  });

  it('leaves no timer, no observer and no listener behind', async () => {
    await assertLeavesNothing(live);
  });

  it('is collected once it is removed', async () => {
    await assertCollected(live);
  });
});

describe('cb-example while its server goes away', () => {
  it('shows what it had, and its age', async function () {
    this.timeout(60_000);
    const own = await startServer({ own: true });
    await own.send({ domain: DOMAIN });
    const element = await show<CbExample>(
      html`<cb-example base-url=${own.url} token=${own.token} refresh="1"></cb-example>`,
    );
    await until(() => isLive(element) && element.status === 'fresh', 'the figures, live');
    await own.stop();
    await until(() => element.status === 'stale', 'the age');
    assert.equal(textOf(element, '.requests'), '1');
    await assertAccessible(element);
  });
});

describe('cb-example under a strict policy', () => {
  it('breaks none of it', async () => {
    await assertKeepsPolicy(live);
  });
});
