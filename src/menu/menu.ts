import { html, nothing, type TemplateResult } from 'lit';
import { renderDropDown, type DropDownOptions } from './drop-down.ts';

/** One action of a menu. */
export interface MenuItem {
  label: string;
  isDisabled?: boolean;
  choose(this: void): void;
}

/** A button and the menu it opens: arrow keys, Home and End move in it, a letter jumps to an item. */
export function renderMenu(
  label: unknown,
  items: readonly MenuItem[],
  { id = 'menu', panel = '', ...options }: DropDownOptions = {},
): TemplateResult {
  const list = html`<div
    class="menu-items"
    role="menu"
    aria-label=${options.name ?? (typeof label === 'string' ? label : nothing)}
    @keydown=${move}
  >
    ${items.map(
      ({ label, isDisabled = false, choose }, index) =>
        html`<button
          class="menu-item"
          role="menuitem"
          type="button"
          tabindex="-1"
          ?autofocus=${index === 0}
          aria-disabled=${isDisabled}
          @click=${(event: MouseEvent) => {
            if (isDisabled) return;
            (event.currentTarget as Element).closest<HTMLElement>('[popover]')?.hidePopover();
            choose();
          }}
        >
          ${label}
        </button>`,
    )}
  </div>`;
  return renderDropDown(label, list, { ...options, id, panel: `menu ${panel}` });
}

function move(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLElement;
  const items = [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.indexOf(event.target as HTMLElement);
  const to = indexAfter(event.key, at, items);
  if (to < 0) return;
  event.preventDefault();
  items[to]?.focus();
}

function indexAfter(key: string, at: number, items: readonly HTMLElement[]): number {
  const count = items.length;
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % count;
    case 'ArrowUp':
      return (at - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
  }
  if (key.length > 1 || key === ' ') return -1;
  const startsWith = (it: HTMLElement) =>
    it.textContent.trim().toLocaleLowerCase().startsWith(key.toLocaleLowerCase());
  const next = items.findIndex((it, index) => index > at && startsWith(it));
  return next < 0 ? items.findIndex(startsWith) : next;
}
