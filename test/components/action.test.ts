import { sendKeys } from '@web/test-runner-commands';
import { assert } from 'chai';
import { html, type TemplateResult } from 'lit';
import { ConfirmDialog } from '../../src/dialog/confirm-dialog.ts';
import { renderField } from '../../src/dialog/form.ts';
import { ActionController, type ActionCall } from '../../src/element/action.ts';
import { CbBaseElement } from '../../src/element/base-element.ts';
import type { Catalogue } from '../../src/i18n/catalogue.ts';
import { renderMenu } from '../../src/menu/menu.ts';
import { button } from '../../src/theme/button.css.ts';
import { menu } from '../../src/theme/menu.css.ts';
import { moreTokens } from '../../src/theme/more-tokens.css.ts';
import { assertAccessible, inside, show, textOf, until } from './support.ts';

/** A call of the server that the test ends. */
interface Call extends ActionCall {
  argument: string;
  resolve(value: number): void;
  reject(error: unknown): void;
}

class TestActions extends CbBaseElement {
  static override styles = [CbBaseElement.styles, moreTokens, button, menu];

  readonly calls: Call[] = [];
  readonly chosen: string[] = [];
  failure = '';

  readonly #run = (argument: string, call: ActionCall) =>
    new Promise<number>((resolve, reject) => {
      this.calls.push({ ...call, argument, resolve, reject });
    });

  readonly action = new ActionController<string, number>(this, {
    run: this.#run,
    announce: (n) => `${n} done`,
  });
  readonly dialog = new ConfirmDialog<number>(this, {
    run: this.#run,
    ask: (choice) => ({
      heading: 'Delete it?',
      options: [
        { value: 'soft', label: 'Keep a copy' },
        { value: 'hard', label: 'Delete for good', note: 'This can’t be undone.' },
      ],
      confirm: choice === 'hard' ? 'Delete' : 'Archive',
      isDangerous: choice === 'hard',
    }),
    failed: (problem) => (this.failure = problem),
  });

  protected override get catalogues(): readonly Catalogue[] {
    return this.dialog.catalogues;
  }
  protected override get defaultHeading(): string {
    return 'Actions';
  }
  protected override renderContent(): TemplateResult {
    const choose = (name: string) => () => this.chosen.push(name);
    return html`<button id="ask" class="button" @click=${() => this.dialog.open()}>Ask</button>
      ${renderMenu('Export', [
        { label: 'CSV', choose: choose('csv') },
        { label: 'PDF', choose: choose('pdf'), isDisabled: true },
        { label: 'JSON', choose: choose('json') },
      ])}
      ${this.action.renderStatus()} ${this.dialog.render()}
      <p>${renderField({ name: 'email', label: 'Email', problem: 'Not an address.' })}</p>`;
  }
  protected override renderSkeleton(): TemplateResult {
    return html``;
  }
  protected override renderEmpty(): TemplateResult {
    return html``;
  }
}
customElements.define('test-actions', TestActions);

async function make(): Promise<TestActions> {
  const element = await show<TestActions>(html`<test-actions></test-actions>`);
  // The dialog's styles come with the first element.
  await element.updateComplete;
  return element;
}

const unreachable = Object.assign(new Error('Nobody answers'), { name: 'ConnectionError' });
const rejected = (status: number, detail: string) =>
  Object.assign(new Error(detail), { status, problem: { detail } });
const focused = (element: Element) => element.shadowRoot?.activeElement;

describe('an action', () => {
  it('is pending until it is done, and announces its result', async () => {
    const { action, calls } = await make();
    const done = action.run('a');
    assert.isTrue(action.isPending);
    await action.run('a');
    await until(() => calls.length === 1, 'the call');
    calls[0]!.resolve(3);
    await done;
    assert.isFalse(action.isPending);
    assert.equal(action.result, 3);
  });

  it('says why it failed, and keeps its key for another attempt', async () => {
    const element = await make();
    const { action, calls } = element;
    const errors: unknown[] = [];
    element.addEventListener('cb-error', ({ error }) => errors.push(error));
    const first = action.run('a');
    await until(() => calls.length === 1, 'the call');
    calls[0]!.reject(unreachable);
    await first;
    assert.equal(action.problem, 'Can’t reach the service');
    assert.deepEqual(errors, [unreachable]);
    action.retry();
    await until(() => calls.length === 2, 'the second attempt');
    assert.equal(calls[1]!.idempotencyKey, calls[0]!.idempotencyKey);
    calls[1]!.resolve(1);
    await until(() => action.result === 1, 'its result');
    assert.equal(action.problem, '');
    await until(() => textOf(element, '[role=status]') === '1 done', 'the announcement');
    void action.run('a');
    await until(() => calls.length === 3, 'another change');
    assert.notEqual(calls[2]!.idempotencyKey, calls[0]!.idempotencyKey);
  });

  it('has another key for another change, and after a rejection', async () => {
    const { action, calls } = await make();
    const fail = async (argument: string, error: unknown) => {
      const count = calls.length;
      const run = action.run(argument);
      await until(() => calls.length > count, 'the call');
      calls.at(-1)!.reject(error);
      await run;
      return calls.at(-1)!.idempotencyKey;
    };
    const first = await fail('a', rejected(503, 'Later.'));
    assert.equal(await fail('a', rejected(503, 'Later.')), first);
    const other = await fail('b', rejected(409, 'It is in use.'));
    assert.notEqual(other, first);
    assert.equal(action.problem, 'It is in use.');
    assert.notEqual(await fail('b', unreachable), other);
  });
});

describe('a question before an action', () => {
  it('runs what was chosen, and closes when it is done', async () => {
    const element = await make();
    const open = () => inside(element, 'dialog')!.matches(':modal');
    inside(element, '#ask')!.focus();
    await sendKeys({ press: 'Enter' });
    assert.isTrue(open());
    await sendKeys({ press: 'ArrowDown' });
    await until(() => textOf(element, '[type=submit]') === 'Delete', 'the name of what deletes');
    await assertAccessible(element);
    await sendKeys({ press: 'Enter' });
    await until(() => element.calls.length === 1, 'the call');
    assert.equal(element.calls[0]!.argument, 'hard');
    assert.isTrue(open());
    element.calls[0]!.resolve(1);
    await until(() => !open(), 'its end');
    assert.strictEqual(focused(element), inside(element, '#ask'));
  });

  it('says why it failed, and takes another attempt with the same key', async () => {
    const element = await make();
    element.dialog.open();
    inside(element, '[type=submit]')!.click();
    await until(() => element.calls.length === 1, 'the call');
    element.calls[0]!.reject(unreachable);
    await until(() => textOf(element, '[role=alert]') !== '', 'why');
    inside(element, '[type=submit]')!.click();
    await until(() => element.calls.length === 2, 'the second attempt');
    assert.equal(element.calls[1]!.idempotencyKey, element.calls[0]!.idempotencyKey);
    inside(element, 'dialog .button')!.click();
    element.calls[1]!.reject(rejected(409, 'It is in use.'));
    await until(() => element.failure === 'It is in use.', 'the failure of a closed dialog');
  });
});

describe('a menu', () => {
  it('is used by keyboard: arrows move, letters jump, Escape gives the focus back', async () => {
    const element = await make();
    const trigger = inside(element, '.trigger')!;
    trigger.focus();
    await sendKeys({ press: 'Enter' });
    await until(() => focused(element)?.textContent.trim() === 'CSV', 'the first item');
    await assertAccessible(element);
    await sendKeys({ press: 'ArrowUp' });
    assert.equal(focused(element)?.textContent.trim(), 'JSON');
    await sendKeys({ press: 'p' });
    assert.equal(focused(element)?.textContent.trim(), 'PDF');
    await sendKeys({ press: 'Enter' });
    assert.isEmpty(element.chosen, 'a disabled item does nothing');
    await sendKeys({ press: 'Escape' });
    assert.strictEqual(focused(element), trigger);
    await sendKeys({ press: 'Enter' });
    await sendKeys({ press: 'End' });
    await sendKeys({ press: 'Enter' });
    assert.deepEqual(element.chosen, ['json']);
    assert.isFalse(inside(element, '#menu')!.matches(':popover-open'));
  });
});
