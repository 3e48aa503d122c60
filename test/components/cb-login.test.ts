import { sendKeys, sendMouse } from '@web/test-runner-commands';
import { APIError } from '@cloudbrain/sdk';
import { assert } from 'chai';
import { html } from 'lit';
import { initials } from '../../components/cb-login/menu.ts';
import { fieldsOf, problemOf } from '../../components/cb-login/problem.ts';
import '../../components/cb-login/define.ts';
import type { CbLogin } from '../../components/cb-login/cb-login.ts';
import '../../components/cb-provider/define.ts';
import type { CbProvider } from '../../components/cb-provider/cb-provider.ts';
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

interface Options {
  compact?: boolean;
  locale?: string;
  storage?: 'memory' | 'session';
  email?: string;
  domain?: string;
}

const field = (login: Element, name: string) => inside(login, `[name=${name}]`) as HTMLInputElement;
const problem = (login: Element) => textOf(login, '[part=problem]');
const who = (login: Element) => inside(login, '[part=who]');
/** What has the focus in the login, by its name or part. */
const focused = (login: Element) => {
  const element = login.shadowRoot?.activeElement;
  return element?.getAttribute('name') ?? element?.getAttribute('part');
};
const isOpen = (login: Element) => inside(login, '#panel')?.matches(':popover-open');

function fill(login: Element, values: Record<string, string>): void {
  for (const [name, value] of Object.entries(values)) {
    const input = field(login, name);
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

const submit = (login: Element) => inside(login, '[part=submit]')!.click();

describe('cb-login', () => {
  let server: TestServer;

  before(async function () {
    this.timeout(patience(60_000));
    server = await startServer();
  });

  after(() => server.stop());

  /** A login in a provider, ready to take somebody in. */
  async function login({
    compact = false,
    locale = '',
    storage = 'memory',
    email = '',
    domain = '',
  }: Options = {}): Promise<CbLogin> {
    const provider = await show<CbProvider>(
      html`<cb-provider
        base-url=${server.url}
        auth="password"
        storage=${storage}
        locale=${locale}
        domain=${domain}
        ><cb-login ?compact=${compact} email=${email}></cb-login
      ></cb-provider>`,
    );
    const element = provider.firstElementChild as CbLogin;
    await until(() => element.status === 'fresh', 'the form');
    return element;
  }

  const providerOf = (element: Element) => element.closest<CbProvider>('cb-provider')!;

  it('is a form that the page can fill in beforehand, and reflects that it is compact', async () => {
    const element = await login({ email: 'ada@example.com' });
    assert.isFalse(element.compact);
    assert.equal(field(element, 'email').value, 'ada@example.com');
    assert.equal(field(element, 'email').autocomplete, 'username');
    assert.equal(field(element, 'password').autocomplete, 'current-password');
    assert.isNull(field(element, 'domain'));
    assert.equal(textOf(element, '.heading'), 'Sign in');
    element.compact = true;
    await element.updateComplete;
    assert.isTrue(element.hasAttribute('compact'));
  });

  it('signs in by keyboard, shows who is in, and signs out', async () => {
    const { email, password } = await server.account('viewer', ['app.example.com']);
    const element = await login();
    const events: (string | undefined)[] = [];
    const provider = providerOf(element);
    provider.addEventListener('cb-session-change', () => events.push(provider.me?.role));
    field(element, 'email').focus();
    await sendKeys({ type: email });
    await sendKeys({ press: 'Tab' });
    await sendKeys({ type: password });
    await sendKeys({ press: 'Enter' });
    await until(() => who(element)?.classList.contains('who'), 'the menu');
    assert.deepEqual(events, ['viewer']);
    assert.equal(focused(element), 'who', 'the focus is where the form was');
    assert.equal(textOf(element, '[role=status]'), 'Signed in as viewer');
    assert.isFalse(isOpen(element));
    await sendKeys({ press: 'Enter' });
    assert.isTrue(isOpen(element));
    const panel = textOf(element, '#panel');
    assert.include(panel, email);
    assert.include(panel, 'Role viewer');
    assert.include(panel, 'Domains app.example.com');
    await assertAccessible(element);
    inside(element, '[part=sign-out]')?.click();
    await until(() => field(element, 'email'), 'the form');
    assert.deepEqual(events, ['viewer', undefined]);
    assert.equal(field(element, 'password').value, '');
    assert.equal(focused(element), 'email');
  });

  it('says that email or password is wrong, and leads to the password', async () => {
    const { email } = await server.account('viewer');
    const element = await login();
    fill(element, { email, password: 'wrong' });
    submit(element);
    await until(() => problem(element), 'the words');
    assert.equal(problem(element), 'Email or password is wrong.');
    assert.equal(field(element, 'password').ariaInvalid, 'true');
    assert.equal(focused(element), 'password');
    assert.equal(
      inside(element, '[role=alert]')?.id,
      field(element, 'password').getAttribute('aria-describedby'),
    );
    await assertAccessible(element);
    await sendKeys({ type: 'x' });
    await element.updateComplete;
    assert.equal(field(element, 'password').value, 'x', 'the wrong one was selected');
    assert.equal(problem(element), '');
    assert.equal(field(element, 'password').ariaInvalid, 'false');
  });

  it('has even gaps, and one more line for what went wrong', async () => {
    const element = await login();
    const bottom = (selector: string) => inside(element, selector)!.getBoundingClientRect().bottom;
    const top = (selector: string) => inside(element, selector)!.getBoundingClientRect().top;
    const gap = top('label + label') - bottom('label');
    assert.isAbove(gap, 0);
    assert.equal(top('[part=submit]') - bottom('label + label'), gap);
    submit(element);
    await until(() => problem(element), 'the words');
    assert.equal(top('[part=problem]') - bottom('label + label'), gap);
    assert.equal(top('[part=submit]') - bottom('[part=problem]'), gap);
  });

  it('in a provider in another one signs in to that one, and shows who is in', async () => {
    const { email, password } = await server.account('viewer');
    const outer = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} auth="password" storage="memory">
        <cb-provider timeframe="7d"><cb-login></cb-login></cb-provider>
      </cb-provider>`,
    );
    const element = outer.querySelector('cb-login')!;
    await until(() => element.status === 'fresh', 'the form');
    fill(element, { email, password });
    submit(element);
    await until(() => who(element), 'the menu');
    assert.equal(outer.me?.email, email);
    // Whoever signs out, it is the same session.
    await outer.signOut();
    await until(() => field(element, 'email'), 'the form');
  });

  it('says what is missing instead of asking the server', async () => {
    const element = await login();
    submit(element);
    await until(() => problem(element), 'the words');
    assert.equal(problem(element), 'Please fill in: Email and Password.');
    assert.equal(focused(element), 'email');
    fill(element, { email: 'ada@example.com' });
    submit(element);
    await until(() => problem(element) === 'Please fill in: Password.', 'the rest');
    assert.equal(field(element, 'email').ariaInvalid, 'false');
    assert.equal(focused(element), 'password');
  });

  it('asks for a domain where the email is in several workspaces', async () => {
    const { email, password } = await server.account('viewer');
    await server.twin({ email, password }, 'twin.example.com');
    const element = await login();
    fill(element, { email, password });
    submit(element);
    await until(() => field(element, 'domain'), 'the field');
    await until(() => focused(element) === 'domain', 'the focus in it');
    assert.include(problem(element), 'several workspaces');
    await assertAccessible(element);
    fill(element, { domain: 'nobodys.example.com' });
    submit(element);
    await until(() => problem(element).includes('domain is wrong'), 'the refusal');
    fill(element, { domain: 'twin.example.com' });
    submit(element);
    await until(() => who(element), 'the menu');
    assert.equal(providerOf(element).me?.name, 'Twin');
  });

  it('offers the provider’s domain, and asks for none once the email is another', async () => {
    const { email, password } = await server.account('viewer');
    await server.twin({ email, password }, 'offered.example.com');
    const element = await login({ domain: 'offered.example.com' });
    fill(element, { email, password });
    submit(element);
    await until(() => field(element, 'domain'), 'the field');
    assert.equal(field(element, 'domain').value, 'offered.example.com');
    fill(element, { email: 'somebody.else@example.com' });
    await until(() => !field(element, 'domain'), 'the form as it was');
  });

  /** Makes an account, and tries wrong passwords until it is locked. */
  async function lockedAccount(): Promise<{ email: string; password: string }> {
    const { email, password } = await server.account('viewer');
    const body = JSON.stringify({ email, password: 'wrong' });
    const headers = { 'content-type': 'application/json' };
    const attempt = () => fetch(`${server.url}/api/auth/login`, { method: 'POST', headers, body });
    const answers = await Promise.all(Array.from({ length: 11 }, attempt));
    assert.include(
      answers.map(({ status }) => status),
      429,
    );
    return { email, password };
  }

  it('counts down a lock, tells of it once, and lets somebody else try', async function () {
    const locked = await lockedAccount();
    const { email, password } = await server.account('viewer');
    const element = await login();
    fill(element, locked);
    submit(element);
    const visible = () => textOf(element, '[part=problem] [aria-hidden]');
    const spoken = () => textOf(element, '[part=problem] .hidden');
    await until(visible, 'the words');
    assert.match(visible(), /^Too many attempts. Try again in 1\d min( \d+ s)?.$/);
    const said = spoken();
    assert.match(said, /^Too many attempts. Try again in 1\d min.$/);
    await assertAccessible(element);
    const before = visible();
    await until(() => visible() !== before, 'the next second');
    assert.equal(spoken(), said);
    assert.equal(inside(element, '[part=submit]')?.ariaDisabled, 'true');
    fill(element, { email, password });
    await element.updateComplete;
    assert.equal(problem(element), '');
    submit(element);
    await until(() => who(element), 'the other one');
  });

  it('opens the form where it is compact, and closes it by Escape and by a click elsewhere', async () => {
    const element = await login({ compact: true });
    assert.isBelow(element.offsetWidth, 120);
    who(element)?.focus();
    await sendKeys({ press: 'Enter' });
    assert.isTrue(isOpen(element));
    assert.equal(focused(element), 'email');
    await assertAccessible(element);
    await sendKeys({ press: 'Escape' });
    assert.isFalse(isOpen(element));
    assert.equal(focused(element), 'who');
    who(element)?.click();
    assert.isTrue(isOpen(element));
    await sendMouse({ type: 'click', position: [790, 590] });
    assert.isFalse(isOpen(element));
  });

  it('closes once somebody is in, and leaves the focus where the menu is', async () => {
    const { email, password } = await server.account('viewer');
    const element = await login({ compact: true });
    who(element)?.click();
    fill(element, { email, password });
    submit(element);
    await until(() => who(element)?.classList.contains('who'), 'the menu');
    assert.isFalse(isOpen(element));
    assert.equal(focused(element), 'who');
  });

  it('is cut off by nothing that it is in', async () => {
    const element = await login({ compact: true });
    const box = providerOf(element).parentElement!;
    Object.assign(box.style, { inlineSize: '90px', blockSize: '40px', overflow: 'hidden' });
    who(element)?.click();
    const { left, right, top, bottom } = inside(element, '#panel')!.getBoundingClientRect();
    assert.isAtLeast(left, 0);
    assert.isAtMost(right, innerWidth);
    assert.isAtLeast(top, inside(element, '[part=who]')!.getBoundingClientRect().bottom);
    const middle = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    assert.isTrue(middle === element, 'the panel is what is on top');
    box.removeAttribute('style');
  });

  it('submits nothing of a form that it is in', async () => {
    let submitted = 0;
    const form = await show<HTMLFormElement>(
      html`<form
        @submit=${(event: Event) => {
          event.preventDefault();
          submitted++;
        }}
      >
        <cb-provider base-url=${server.url} auth="password" storage="memory">
          <cb-login></cb-login>
        </cb-provider>
      </form>`,
    );
    const element = form.querySelector('cb-login')!;
    await until(() => element.status === 'fresh', 'the form');
    field(element, 'email').focus();
    await sendKeys({ press: 'Enter' });
    await until(() => problem(element), 'the words of its own form');
    assert.equal(submitted, 0);
  });

  it('shows nothing until it knows that somebody is in already', async () => {
    const { email, password } = await server.account('viewer');
    const first = await login({ storage: 'session' });
    await providerOf(first).signIn({ email, password });
    providerOf(first).remove();
    const provider = await show<CbProvider>(
      html`<cb-provider base-url=${server.url} auth="password" storage="session"
        ><cb-login></cb-login
      ></cb-provider>`,
    );
    const again = provider.firstElementChild as CbLogin;
    const isSeen = () => getComputedStyle(inside(again, '.base')!).visibility === 'visible';
    assert.equal(again.status, 'loading');
    assert.isFalse(isSeen());
    await until(isSeen, 'something');
    assert.isNotNull(who(again), 'the menu at once');
    await provider.signOut();
    sessionStorage.clear();
  });

  it('says that it needs a provider', async () => {
    const element = await show<CbLogin>(html`<cb-login></cb-login>`);
    assert.equal(element.status, 'error');
    assert.include(textOf(element), 'Place this in a <cb-provider>');
    assert.isTrue((inside(element, '[part=submit]') as HTMLButtonElement).disabled);
    await assertAccessible(element);
  });

  it('says that nobody answers', async () => {
    const provider = await show<CbProvider>(
      html`<cb-provider base-url="http://127.0.0.1:1" auth="password" storage="memory"
        ><cb-login></cb-login
      ></cb-provider>`,
    );
    const element = provider.firstElementChild as CbLogin;
    await until(() => element.status === 'fresh', 'the form');
    fill(element, { email: 'ada@example.com', password: 'secret' });
    submit(element);
    await until(() => problem(element).includes('Can’t reach the service'), 'the words');
  });

  it('speaks German and Arabic', async () => {
    const german = await login({ locale: 'de' });
    submit(german);
    await until(() => problem(german) === 'Bitte ausfüllen: E-Mail-Adresse und Passwort.', 'the words');
    const arabic = await login({ locale: 'ar' });
    await until(() => inside(arabic, '.base')?.dir === 'rtl', 'the other direction');
    assert.equal(textOf(arabic, '.heading'), 'تسجيل الدخول');
    await assertAccessible(arabic);
  });

  it('has a place for the page’s own hint', async () => {
    const element = await login();
    const hint = Object.assign(document.createElement('a'), { slot: 'hint', textContent: 'Help' });
    element.append(hint);
    const slot = inside(element, 'slot[name=hint]') as HTMLSlotElement;
    assert.isTrue(slot.assignedElements()[0] === hint);
  });

  it('leaves no timer and no listener behind', async function () {
    const locked = await lockedAccount();
    await assertLeavesNothing(async () => {
      const element = await login();
      fill(element, locked);
      submit(element);
      await until(() => problem(element), 'the countdown');
      return providerOf(element);
    });
  });

  it('is collected once it is removed', async () => {
    await assertCollected(async () => {
      const element = await login({ compact: true });
      who(element)?.click();
      return element;
    });
  });

  it('keeps to a strict policy, form, words and menu', async () => {
    const { email, password } = await server.account('viewer');
    await assertKeepsPolicy(async () => {
      const element = await login({ compact: true });
      who(element)?.click();
      submit(element);
      await until(() => problem(element), 'the words');
      fill(element, { email, password });
      submit(element);
      await until(() => who(element)?.classList.contains('who'), 'the menu');
      return element;
    });
  });
});

describe('a problem of a login', () => {
  const answer = (status: number, headers = {}) =>
    new APIError({ status, statusText: '', headers: new Headers(headers) });

  it('is read from the status', () => {
    assert.deepEqual(problemOf(answer(401), 0), { kind: 'wrong' });
    assert.deepEqual(problemOf(answer(409), 0), { kind: 'ambiguous' });
    assert.include(problemOf(answer(500), 0), { kind: 'other', message: 'failed' });
    assert.include(problemOf(new TypeError('no'), 0), { kind: 'other', message: 'unexpected' });
  });

  it('locks for as long as the server says, else for a minute', () => {
    const lock = { kind: 'locked', until: 31_000, waitMs: 30_000 } as const;
    assert.deepEqual(problemOf(answer(429, { 'retry-after': '30' }), 1_000), lock);
    assert.include(problemOf(answer(429), 1_000), { kind: 'locked', until: 61_000 });
  });

  it('is about some fields', () => {
    assert.deepEqual(fieldsOf({ kind: 'missing', fields: ['domain'] }), ['domain']);
    assert.include(fieldsOf({ kind: 'wrong' }), 'password');
    assert.isEmpty(fieldsOf(undefined));
  });
});

describe('initials', () => {
  for (const [name, letters] of [
    ['Ada Lovelace', 'AL'],
    ['ada@example.com', 'A'],
    ['grace.b.hopper@example.com', 'GH'],
    ['Ωμέγα', 'Ω'],
    ['😀 Smile', '😀S'],
    ['', ''],
  ] as const) {
    it(`of “${name}” are “${letters}”`, () => assert.equal(initials(name), letters));
  }
});
