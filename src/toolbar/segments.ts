import { html, nothing, type TemplateResult } from 'lit';

/** One of several exclusive options. */
export interface Segment {
  label: string;
  /** The full label of an abbreviated one. */
  name?: string;
  isPressed: boolean;
  choose(): void;
}

/** Buttons, one of which is pressed. */
export function renderSegments(
  part: string,
  label: string,
  segments: readonly Segment[],
): TemplateResult {
  return html`<div part=${part} class="segments ${part}" role="group" aria-label=${label}>
    ${segments.map(
      ({ label, name, isPressed, choose }) =>
        html`<button
          class="segment"
          type="button"
          aria-pressed=${isPressed}
          title=${name ?? nothing}
          @click=${choose}
        >
          ${label}
        </button>`,
    )}
  </div>`;
}

/** The same as a menu: for narrow containers. Its part is the segments' with `-menu`. */
export function renderChoice(
  part: string,
  label: string,
  segments: readonly Segment[],
): TemplateResult {
  const choose = ({ target }: Event) =>
    segments[(target as HTMLSelectElement).selectedIndex]?.choose();
  return html`<select part="${part}-menu" class="choice" aria-label=${label} @change=${choose}>
    ${segments.map(
      ({ label, name, isPressed }) =>
        html`<option .selected=${isPressed}>${name ?? label}</option>`,
    )}
  </select>`;
}
