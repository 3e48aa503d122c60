import { html, nothing, type TemplateResult } from 'lit';

/** How a drop-down's button and panel are named and styled. */
export interface DropDownOptions {
  /** Identifies the panel in its shadow root. */
  id?: string;
  /** The part of the button. */
  part?: string;
  /** Further classes of the button and the panel. */
  button?: string;
  panel?: string;
  /** The accessible name of the button, where its label isn't one. */
  name?: string;
}

/** A button and the panel it opens, in the top layer so that no container clips it. */
export function renderDropDown(
  label: unknown,
  content: unknown,
  { id = 'panel', part = 'trigger', button = '', panel = '', name }: DropDownOptions = {},
): TemplateResult {
  return html`<button
      part=${part}
      class="button trigger ${button}"
      type="button"
      popovertarget=${id}
      aria-label=${name ?? nothing}
    >
      ${label}
    </button>
    <div id=${id} part="panel" class="panel ${panel}" popover @beforetoggle=${giveFocusBack}>
      ${content}
    </div>`;
}

/** In a shadow root Chromium forgets where the focus came from. */
function giveFocusBack({ newState, currentTarget }: ToggleEvent): void {
  const panel = currentTarget as HTMLElement;
  if (newState !== 'closed' || !panel.matches(':focus-within')) return;
  (panel.previousElementSibling as HTMLElement | null)?.focus();
}
