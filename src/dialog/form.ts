import { html, nothing, type TemplateResult } from 'lit';

/** One option of a group of radio buttons. */
export interface RadioOption {
  value: string;
  label: string;
  /** Explains the option; a screen reader reads it with the label. */
  note?: string;
  isDisabled?: boolean;
}

/** A group of radio buttons. The first one that can be chosen is. */
export function renderRadios(
  name: string,
  label: string,
  options: readonly RadioOption[],
): TemplateResult {
  const first = options.findIndex(({ isDisabled }) => !isDisabled);
  return html`<fieldset aria-label=${label}>
    ${options.map(({ value, label, note, isDisabled = false }, index) => {
      const noteId = `${name}-${value}-note`;
      return html`<label>
          <input
            type="radio"
            name=${name}
            .value=${value}
            aria-describedby=${note ? noteId : nothing}
            ?checked=${index === first}
            ?disabled=${isDisabled}
          />${label}
        </label>
        ${note ? html`<p id=${noteId} class="explanation">${note}</p>` : nothing}`;
    })}
  </fieldset>`;
}

/** A field of a form. */
export interface FieldOptions {
  name: string;
  label: string;
  value?: string;
  type?: 'text' | 'email' | 'number' | 'password' | 'url';
  isRequired?: boolean;
  /** What is wrong with it. */
  problem?: string;
}

/** A text field with its label, and what is wrong with it. */
export function renderField(options: FieldOptions): TemplateResult {
  const { name, label, value = '', type = 'text', isRequired = false, problem } = options;
  return html`<label class="field">
    <span>${label}</span>
    <input
      part="input"
      name=${name}
      type=${type}
      .defaultValue=${value}
      ?required=${isRequired}
      aria-invalid=${problem ? 'true' : nothing}
      aria-describedby=${problem ? `${name}-problem` : nothing}
    />
    ${problem ? html`<span id=${`${name}-problem`} class="problem">${problem}</span>` : nothing}
  </label>`;
}

/** Why a form couldn't be submitted. It is always there, so that a screen reader reads what comes. */
export function renderProblem(problem: string): TemplateResult {
  return html`<p class="problem" role="alert">${problem}</p>`;
}
