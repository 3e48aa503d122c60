import { sendKeys } from '@web/test-runner-commands';
import { assert } from 'chai';
import { html, type TemplateResult } from 'lit';
import '../../components/cb-provider/define.ts';
import { CbBaseElement } from '../../src/element/base-element.ts';
import type { CbSelectEvent } from '../../src/element/events.ts';
import type { Catalogue } from '../../src/i18n/catalogue.ts';
import type { Provider } from '../../src/settings/provider.ts';
import type { Column } from '../../src/table/columns.ts';
import { renderName } from '../../src/table/names.ts';
import { TableController } from '../../src/table/table.ts';
import { button } from '../../src/theme/button.css.ts';
import { moreTokens } from '../../src/theme/more-tokens.css.ts';
import { table } from '../../src/theme/table.css.ts';
import { assertLeavesNothing } from './leftovers.ts';
import {
  assertAccessible,
  assertCollected,
  assertKeepsPolicy,
  inside,
  show,
  until,
} from './support.ts';

interface Item {
  id: string;
  name: string;
  size: number | null;
  at: string;
}

const COLUMNS: Column<Item>[] = [
  { key: 'name', label: 'Name', format: 'name', sort: true, width: '18ch' },
  {
    key: 'note',
    label: 'Note',
    priority: 2,
    width: '20ch',
    render: ({ name }) => html`${name.length} letters <button class="other">Copy</button>`,
  },
  { key: 'at', label: 'When', format: 'time', priority: 3, width: '14ch' },
  { key: 'size', label: 'Size', format: 'bytes', sort: true },
];

class TestTable extends CbBaseElement {
  static override styles = [CbBaseElement.styles, moreTokens, button, table(500)];

  items: readonly Item[] = [];
  isLoading = false;
  readonly table = new TableController<Item>(this, {
    columns: () => COLUMNS,
    key: ({ id }) => id,
    label: () => 'Things',
    opens: { kind: 'execution', name: ({ name }) => name },
  });

  protected override get catalogues(): readonly Catalogue[] {
    return this.table.catalogues;
  }
  protected override get defaultHeading(): string {
    return 'Things';
  }
  protected override renderContent(): TemplateResult {
    return this.isLoading ? this.renderSkeleton() : this.table.render(this.items);
  }
  protected override renderSkeleton(): TemplateResult {
    return this.table.renderSkeleton(this.items.length);
  }
  protected override renderEmpty(): TemplateResult {
    return html``;
  }
  set(change: Partial<TestTable>): Promise<boolean> {
    Object.assign(this, change);
    this.requestUpdate();
    return this.updateComplete;
  }
}
customElements.define('test-table', TestTable);

const itemsNamed = (...names: string[]): Item[] =>
  names.map((name, index) => ({
    id: name,
    name,
    size: (index + 1) * 1000,
    at: '2026-11-21T09:45:00Z',
  }));

const make = (items: readonly Item[], width = 800) =>
  show<TestTable>(
    html`<test-table .items=${items} .style=${`inline-size: ${width}px`}></test-table>`,
  );

const rowsOf = (element: Element) => [
  ...element.shadowRoot!.querySelectorAll<HTMLElement>('.rows > .row'),
];
const namesOf = (element: Element) =>
  rowsOf(element).map((row) => row.querySelector('.c-name')!.textContent.trim());
const opener = (row: Element | undefined) => row!.querySelector<HTMLElement>('.open')!;
const focused = (element: Element) => element.shadowRoot?.activeElement;

describe('a table', () => {
  it('has a name, and headings and cells with their roles', async () => {
    const element = await make(itemsNamed('a', 'b'));
    const found = inside(element, 'table');
    assert.equal(found?.ariaLabel, 'Things');
    assert.equal(found?.role, 'table');
    const headings = [...element.shadowRoot!.querySelectorAll('[role=columnheader]')];
    assert.deepEqual(
      headings.map((it) => it.textContent.trim()),
      ['Name', 'Note', 'When', 'Size'],
    );
    assert.lengthOf(rowsOf(element)[0]!.querySelectorAll('[role=cell]'), 4);
    assert.equal(
      rowsOf(element)[1]!.querySelector('.c-size')!.textContent.trim().slice(0, 4),
      '2 kB',
    );
    for (const width of [800, 400, 240]) {
      await assertAccessible(await make(itemsNamed('a', 'b'), width));
    }
  });

  it('sorts by its headings, and says so', async () => {
    const element = await make(itemsNamed('b', 'c', 'a'));
    const heading = (key: string) => inside(element, `th.c-${key}`)!;
    assert.equal(heading('name').ariaSort, 'none');
    assert.isNull(heading('note').ariaSort);
    heading('name').querySelector('button')!.click();
    await element.updateComplete;
    assert.deepEqual(namesOf(element), ['a', 'b', 'c']);
    assert.equal(heading('name').ariaSort, 'ascending');
    heading('name').querySelector('button')!.click();
    await element.updateComplete;
    assert.deepEqual(namesOf(element), ['c', 'b', 'a']);
    heading('size').querySelector('button')!.click();
    await element.updateComplete;
    assert.deepEqual(namesOf(element), ['a', 'c', 'b'], 'the largest first');
    assert.equal(heading('name').ariaSort, 'none');
    assert.equal(heading('size').ariaSort, 'descending');
  });

  it('opens a row by a press anywhere in it, and by keyboard, once', async () => {
    const element = await make(itemsNamed('a', 'b'));
    const opened: string[] = [];
    element.addEventListener('cb-select', (event: CbSelectEvent) =>
      opened.push((event.item as Item).id),
    );
    rowsOf(element)[1]!.querySelector<HTMLElement>('.c-size')!.click();
    assert.deepEqual(opened, ['b']);
    opener(rowsOf(element)[0]).focus();
    await sendKeys({ press: 'Enter' });
    assert.deepEqual(opened, ['b', 'a']);
    await element.updateComplete;
    assert.deepEqual(
      rowsOf(element).map((row) => row.getAttribute('aria-current')),
      ['true', null],
    );
    assert.equal(opener(rowsOf(element)[0]).ariaLabel, 'Show a');
  });

  it('leaves other controls in a row, and text that is being marked, to themselves', async () => {
    const element = await make(itemsNamed('a'));
    let opened = 0;
    element.addEventListener('cb-select', () => opened++);
    rowsOf(element)[0]!.querySelector<HTMLElement>('.other')!.click();
    assert.equal(opened, 0);
  });

  it('shares what is open with the others in its provider', async () => {
    const provider = await show<HTMLElement & Provider>(
      html`<cb-provider base-url="http://127.0.0.1:1">
        <test-table .items=${itemsNamed('a', 'b')}></test-table>
      </cb-provider>`,
    );
    const element = provider.querySelector('test-table') as TestTable;
    await until(() => rowsOf(element).length === 2, 'the rows');
    const current = () =>
      rowsOf(element).findIndex((row) => row.getAttribute('aria-current') === 'true');
    rowsOf(element)[0]!.click();
    assert.equal(provider.selection.get('execution'), 'a');
    await until(() => current() === 0, 'the mark');
    provider.selection.set('execution', 'b');
    await until(() => current() === 1, 'the mark of what another element opened');
  });

  it('keeps the rows that stay, and their focus, while others come and go', async () => {
    const element = await make(itemsNamed('b', 'a'));
    const [row] = rowsOf(element);
    opener(row).focus();
    let blurs = 0;
    opener(row).addEventListener('blur', () => blurs++);
    await element.set({ items: itemsNamed('c', 'b') });
    assert.strictEqual(rowsOf(element)[1], row);
    assert.strictEqual(focused(element), opener(row));
    assert.equal(blurs, 0, 'it never lost the focus');
    await element.set({ items: itemsNamed('e', 'd', 'c') });
    assert.strictEqual(focused(element), opener(rowsOf(element)[1]), 'the row in its place');
    await element.set({ items: itemsNamed('f') });
    assert.strictEqual(focused(element), opener(rowsOf(element)[0]), 'the last there is');
  });

  for (const width of [800, 390, 240]) {
    it(`does not jump when its rows arrive, at ${width} pixels`, async () => {
      const items = itemsNamed('short', 'a usual name', 'other');
      const element = await make(items, width);
      await element.set({ isLoading: true });
      const columns = () =>
        [...element.shadowRoot!.querySelectorAll('th')].map((it) => it.getBoundingClientRect().x);
      const [height, before] = [element.offsetHeight, columns()];
      await element.set({ isLoading: false });
      assert.approximately(element.offsetHeight, height, 1);
      columns().forEach((x, index) => assert.approximately(x, before[index]!, 2));
      const { scrollWidth, clientWidth } = inside(element, '.base')!;
      assert.isAtMost(scrollWidth, clientWidth);
    });
  }

  it('has rows of 38 pixels, compact ones of 30, and two lines where it is narrow', async () => {
    const element = await make(itemsNamed('a', 'b'));
    const height = () => rowsOf(element)[0]!.offsetHeight;
    assert.equal(height(), 38);
    await element.set({ density: 'compact' });
    assert.equal(height(), 30);
    const narrow = await make(itemsNamed('a'), 390);
    const [row] = rowsOf(narrow);
    const top = (key: string) => row!.querySelector(`.c-${key}`)!.getBoundingClientRect().top;
    assert.approximately(top('name'), top('size'), 1);
    assert.isAbove(top('note'), top('name') + 15, 'the second line');
    assert.equal(getComputedStyle(row!.querySelector('.c-at')!).display, 'none');
  });

  it('cuts a name in its middle, and shows the whole of it to the keyboard', async () => {
    const name = `${'a-very-long-name-'.repeat(8)}that-ends-so`;
    const element = await make(itemsNamed('short', name), 520);
    const [short, long] = rowsOf(element).map((row) => row.querySelector<HTMLElement>('.name')!);
    const whole = inside(element, '.whole')!;
    assert.equal(long!.textContent, name, 'it can be copied whole');
    assert.equal(long!.title, name);
    const tail = long!.querySelector('.tail')!;
    assert.equal(tail.textContent, '-ends-so');
    assert.isAtMost(tail.scrollWidth, tail.clientWidth, 'its end is there');
    const cell = long!.closest('td')!.getBoundingClientRect();
    assert.isAtMost(tail.getBoundingClientRect().right, cell.right + 1);
    assert.isFalse(short!.hasAttribute('tabindex'), 'what fits is no stop');
    assert.equal(long!.tabIndex, 0);
    long!.focus();
    assert.isTrue(whole.matches(':popover-open'));
    assert.equal(whole.textContent, name);
    await sendKeys({ press: 'Escape' });
    assert.isFalse(whole.matches(':popover-open'));
    element.style.inlineSize = '3000px';
    await until(() => !long!.matches('[tabindex]') || focused(element) === long, 'room for it');
  });

  it('gives each column what it needs before it cuts another', async () => {
    const element = await make(itemsNamed('a-name-of-forty-characters-that-fits-well'), 800);
    const name = rowsOf(element)[0]!.querySelector('.head')!;
    assert.isAtMost(name.scrollWidth, name.clientWidth);
  });

  it('renders names and texts as they are', async () => {
    const name = '<img src=x onerror=alert(1)> {{constructor}}';
    const element = await make(itemsNamed(name));
    assert.deepEqual(namesOf(element), [name]);
    assert.isNull(inside(element, 'img'));
    assert.equal((await show(html`<p>${renderName(null, 'no name')}</p>`)).textContent, 'no name');
  });

  it('shows times of other days with their day, in the given zone', async () => {
    const element = await make(itemsNamed('a'));
    const time = () => rowsOf(element)[0]!.querySelector('time')!;
    await element.set({ locale: 'en', timezone: 'Asia/Tokyo' });
    assert.equal(time().dateTime, '2026-11-21T09:45:00.000Z');
    assert.include(time().title, '6:45');
    await element.set({ timezone: 'nowhere' });
    assert.isNotEmpty(time().textContent);
  });
});

describe('a long table', () => {
  const many = Array.from({ length: 5_000 }, (_, n) => ({
    ...itemsNamed(`row ${n}`)[0]!,
    size: n,
  }));

  async function makeLong(): Promise<TestTable> {
    const element = await make(many);
    await until(() => inside(element, '.room'), 'the rows that are visible');
    return element;
  }

  it('renders what is visible, and says how many there are', async () => {
    const element = await makeLong();
    assert.isBelow(rowsOf(element).length, 100);
    assert.equal(inside(element, 'table')!.getAttribute('aria-rowcount'), '5001');
    assert.equal(rowsOf(element)[0]!.getAttribute('aria-rowindex'), '2');
    const body = inside(element, '.rows')!;
    assert.approximately(body.scrollHeight, 5_000 * 38, 5_000);
    body.scrollTop = body.scrollHeight;
    await until(() => namesOf(element).includes('row 4999'), 'the last row');
    assert.isBelow(rowsOf(element).length, 100);
    await assertAccessible(element);
  });

  it('keeps the focused row, wherever it scrolls', async () => {
    const element = await makeLong();
    opener(rowsOf(element)[2]).focus();
    const body = inside(element, '.rows')!;
    body.scrollTop = 90_000;
    await until(() => namesOf(element).some((name) => name > 'row 2300'), 'rows of the middle');
    assert.isTrue(focused(element)?.closest('.row')?.textContent.includes('row 2'));
    assert.include(namesOf(element), 'row 2');
  });

  it('sorts all of them', async () => {
    const element = await makeLong();
    inside(element, 'th.c-size button')!.click();
    await until(() => namesOf(element)[0] === 'row 4999', 'the largest first');
  });
});

describe('a table that is gone', () => {
  it('leaves no timer, no observer and no listener behind', async () => {
    await assertLeavesNothing(() => make(itemsNamed('a', 'b')));
  });

  it('is collected, a long one as well', async () => {
    await assertCollected(() => make(itemsNamed('a', 'b')));
  });

  it('breaks no strict policy', async () => {
    await assertKeepsPolicy(async () => {
      const element = await make(itemsNamed('a', 'b'));
      const many = Array.from({ length: 500 }, (_, n) => itemsNamed(`row ${n}`)[0]!);
      await element.set({ items: many });
      await until(() => inside(element, '.room'), 'a long one');
      return element;
    });
  });
});
