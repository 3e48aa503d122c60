import { html, type TemplateResult } from 'lit';

/** A button and the panel it opens, in the top layer so that no container clips it. */
export function renderDropDown(
  label: TemplateResult | string,
  content: TemplateResult,
  { button = '', panel = '' } = {},
): TemplateResult {
  return html`<button part="who" class="button ${button}" type="button" popovertarget="panel">
      ${label}
    </button>
    <div id="panel" part="panel" class="panel ${panel}" popover @beforetoggle=${giveFocusBack}>
      ${content}
    </div>`;
}

/** In a shadow root Chromium forgets where the focus came from. */
function giveFocusBack({ newState, currentTarget }: ToggleEvent): void {
  const panel = currentTarget as HTMLElement;
  if (newState !== 'closed' || !panel.matches(':focus-within')) return;
  panel.parentElement?.querySelector<HTMLElement>('[part=who]')?.focus();
}
