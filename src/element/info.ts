import { html, nothing, type TemplateResult } from 'lit';
import { english } from '../i18n/english.ts';

/**
 * A mark that opens sentences about what is beside it: by pointer, keyboard and touch. One in each
 * element.
 *
 * @param label what the mark is, to a screen reader
 * @param texts in the reader's language
 * @param reason of the server, in English
 */
export function renderInfo(
  label: string,
  texts: readonly string[],
  reason?: string,
): TemplateResult | typeof nothing {
  if (texts.length === 0 && !reason) return nothing;
  return html`<button
      part="info"
      class="info"
      type="button"
      aria-label=${label}
      popovertarget="info"
    >
      <span aria-hidden="true">i</span>
    </button>
    <div id="info" part="tooltip" class="tip" popover>
      ${texts.map((text) => html`<p>${text}</p>`)}
      ${reason ? html`<p>${english(reason)}</p>` : nothing}
    </div>`;
}
