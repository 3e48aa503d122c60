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
  return html`<div part=${part} class="segments" role="group" aria-label=${label}>
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
