import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

/** One of several exclusive options; the value `''` is for all. */
export interface Option<V extends string> {
  value: V;
  label: string;
}

/** Something to choose. */
export interface Choice<V extends string> {
  label: string;
  options: readonly Option<V>[];
  value: V;
  choose(this: void, value: V): void;
}

/** A row of controls above content, such as the filters of a list. */
export function renderToolbar(label: string, controls: unknown): TemplateResult {
  return html`<div part="toolbar" class="toolbar" role="group" aria-label=${label}>
    ${controls}
  </div>`;
}

/** A choice as a select with its label before it. */
export function renderSelect<V extends string>({
  label,
  options,
  value,
  choose,
}: Choice<V>): TemplateResult {
  return html`<label class="choice">
    <span>${label}</span>
    <select
      class="select"
      .value=${live(value)}
      @change=${({ target }: Event) => choose((target as HTMLSelectElement).value as V)}
    >
      ${options.map(
        (it) =>
          html`<option value=${it.value} ?selected=${it.value === value}>${it.label}</option>`,
      )}
    </select>
  </label>`;
}

/** A choice as buttons, one of which is pressed: for a few short options. */
export function renderSegments<V extends string>(
  { label, options, value, choose }: Choice<V>,
  part?: string,
): TemplateResult {
  return html`<div part=${part ?? nothing} class="segments" role="group" aria-label=${label}>
    ${options.map(
      (it) =>
        html`<button
          class="segment"
          type="button"
          aria-pressed=${it.value === value}
          @click=${() => choose(it.value)}
        >
          ${it.label}
        </button>`,
    )}
  </div>`;
}
