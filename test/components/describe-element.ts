/** What holds for every element that shows data of a server: `describeElement('cb-x', …)`. */
import { assert } from 'chai';
import type { CbElement } from '../../src/element/element.ts';
import type { CbErrorEvent } from '../../src/element/events.ts';
import { patience } from '../support/patience.ts';
import { assertLeavesNothing } from './leftovers.ts';
import { startServer, type TestServer } from './server.ts';
import {
  assertAccessible,
  assertCollected,
  assertKeepsPolicy,
  inside,
  textOf,
  until,
} from './support.ts';

type Role = Parameters<TestServer['account']>[0];

/** What the shared tests have to know of an element. */
export interface ElementFacts {
  /** Sends what it shows. */
  fill: (server: TestServer, domain: string) => Promise<void>;
  /** Attributes that it needs to show it. */
  attributes?: Readonly<Record<string, string>>;
  /** Its default heading by locale. */
  headings: Readonly<Record<'en' | 'de' | 'ar' | 'ja' | 'he', string>>;
  /** A role that has no access to it, and one of those that have. */
  roles: { without: Role; with: string };
  /** Whether it is `empty` where nothing has happened. */
  canBeEmpty?: boolean;
}

const DOMAIN = 'app.example.com';

const isLive = (element: CbElement) =>
  element.status === 'fresh' && element.matches(':state(live)');

/** A new element of a tag. */
function create(tag: string): CbElement {
  const element = document.createElement(tag);
  assert.isTrue(isOurs(element), `${tag} is not registered`);
  return element as unknown as CbElement;
}

const isOurs = (element: Element): boolean => 'queryState' in element;

/** Runs the shared tests for an element that is registered. */
export function describeElement(tag: string, facts: ElementFacts): void {
  let server: TestServer;

  function connected(attributes: Readonly<Record<string, string>> = {}): CbElement {
    const element = create(tag);
    const all = {
      'base-url': server.url,
      token: server.token,
      domain: DOMAIN,
      locale: 'en',
      ...facts.attributes,
      ...attributes,
    };
    for (const [name, value] of Object.entries(all)) element.setAttribute(name, value);
    document.querySelector('main')?.replaceChildren(element);
    return element;
  }

  async function live(): Promise<CbElement> {
    const element = connected();
    await until(() => isLive(element), 'the data, live');
    return element;
  }

  describe(`${tag}, as every element`, () => {
    before(async function () {
      this.timeout(patience(60_000));
      if (!document.querySelector('main')) document.body.append(document.createElement('main'));
      server = await startServer();
      await facts.fill(server, DOMAIN);
    });

    after(() => server.stop());

    it('reflects what can be styled by, but never the token', async () => {
      const element = create(tag);
      Object.assign(element, {
        domain: DOMAIN,
        timeframe: '7d',
        density: 'compact',
        token: 'secret',
      });
      document.querySelector('main')?.replaceChildren(element);
      await element.updateComplete;
      assert.equal(element.getAttribute('domain'), DOMAIN);
      assert.equal(element.getAttribute('timeframe'), '7d');
      assert.equal(element.getAttribute('density'), 'compact');
      assert.isTrue(element.matches(':state(compact)'));
      assert.isFalse(element.hasAttribute('token'));
    });

    it('goes from its skeleton to its data, and is live', async () => {
      const element = connected();
      await until(() => inside(element, '.base'), 'its shape');
      assert.equal(element.status, 'loading');
      assert.isNotNull(inside(element, '.skeleton'));
      assert.equal(inside(element, '.base')?.getAttribute('aria-busy'), 'true');
      await until(() => isLive(element), 'the data, live');
      assert.equal(inside(element, '.base')?.getAttribute('aria-busy'), 'false');
    });

    it('has a heading of the level that the page gives it', async () => {
      const element = await live();
      const heading = () => inside(element, '[role=heading]');
      assert.equal(heading()?.textContent.trim(), facts.headings.en);
      assert.equal(heading()?.getAttribute('aria-level'), '3');
      element.headingLevel = 2;
      await element.updateComplete;
      assert.equal(heading()?.getAttribute('aria-level'), '2');
      element.headingLevel = 77;
      await element.updateComplete;
      assert.equal(heading()?.getAttribute('aria-level'), '3');
    });

    if (facts.canBeEmpty)
      it('says so where there is nothing, and its slot can say why', async () => {
        const element = connected({ domain: 'nothing.example.com' });
        element.innerHTML = '<p slot="empty">Nothing here</p>';
        await until(() => element.status === 'empty', 'the answer');
        const slot = inside(element, 'slot[name=empty]') as HTMLSlotElement;
        assert.equal(slot.assignedElements()[0]?.textContent, 'Nothing here');
        element.replaceChildren();
        await assertAccessible(element);
      });

    it('names the role that it needs, or hides', async () => {
      const { token } = await server.account(facts.roles.without);
      const element = connected({ token });
      await until(() => element.status === 'forbidden', 'the refusal');
      await until(() => textOf(element).includes(facts.roles.with), 'the role');
      await assertAccessible(element);
      element.hideWhenForbidden = true;
      await until(() => element.getClientRects().length === 0, 'nothing');
    });

    it('reports a server that isn’t there, also by an event, and has slots for words', async () => {
      const errors: unknown[] = [];
      const element = connected({ 'base-url': 'http://127.0.0.1:1', token: 'any' });
      element.addEventListener('cb-error', (event: CbErrorEvent) => errors.push(event.error));
      element.innerHTML = '<p slot="loading">One moment</p>';
      const inSlot = (name: string) =>
        (inside(element, `slot[name=${name}]`) as HTMLSlotElement | null)?.assignedElements()[0];
      await until(() => inSlot('loading')?.textContent === 'One moment', 'the page’s words');
      await until(() => inside(element, '[part=retry]'), 'the words');
      assert.equal(element.status, 'error');
      assert.instanceOf(errors[0], Error);
      await assertAccessible(element);
      inside(element, '[part=retry]')?.click();
      await until(() => errors.length === 2, 'the failure of the second try');
      element.innerHTML = '<p slot="error" id="own">Call Ada</p>';
      assert.equal(inSlot('error')?.id, 'own');
    });

    it('reports an address that isn’t one', async () => {
      const element = connected({ 'base-url': 'nonsense' });
      await until(() => element.status === 'error', 'the error');
      await until(() => textOf(element).includes('must be an address'), 'why');
      assert.isNull(inside(element, '[part=retry]'), 'a retry would be no use');
    });

    it('is in the reader’s language and direction', async () => {
      for (const [locale, heading] of Object.entries(facts.headings)) {
        const element = connected({ locale });
        await until(() => isLive(element), `the data in ${locale}`);
        await until(() => textOf(element, '.heading') === heading, `the heading in ${locale}`);
        const direction = locale === 'ar' || locale === 'he' ? 'rtl' : 'ltr';
        assert.equal(inside(element, '.base')?.dir, direction, locale);
        assert.equal(inside(element, '.base')?.lang, locale);
      }
    });

    it('shows nonsense as text, without running or breaking anything', async () => {
      const script = '<img src=x onerror=alert(1)>';
      const element = connected({ heading: script, refresh: 'soon', density: '💥' });
      await until(() => textOf(element, '.heading') === script, 'the heading');
      assert.isNull(inside(element, 'img'));
      const other = connected({ locale: 'no such locale' });
      await until(() => isLive(other), 'the data');
    });

    it('is accessible in light and dark', async () => {
      await assertAccessible(await live());
    });

    it('leaves no timer, no observer and no listener behind', async () => {
      await assertLeavesNothing(live);
    });

    it('is collected once it is removed', async () => {
      await assertCollected(live);
    });

    it('keeps what it showed, with its age, while its server is away', async function () {
      this.timeout(patience(60_000));
      const own = await startServer({ own: true });
      await facts.fill(own, DOMAIN);
      const element = connected({ 'base-url': own.url, token: own.token, refresh: '1' });
      await until(() => isLive(element), 'the data, live');
      await own.stop();
      await until(() => element.status === 'stale', 'the failure');
      await until(() => /\d/.test(textOf(element, '[part=freshness]')), 'the age');
      await assertAccessible(element);
    });

    // Last: the policy stays in force.
    it('keeps to a strict policy', async () => {
      await assertKeepsPolicy(live);
    });
  });
}
