import { html, nothing, type TemplateResult } from 'lit';
import { directionOf, languageOf } from '../i18n/languages.ts';
import { control } from '../theme/control.css.ts';
import { CbElement } from './element.ts';

/**
 * The base of elements that set the scope of the provider around them: a line of controls without a
 * card around it.
 */
export abstract class CbControl extends CbElement {
  static override styles = [...CbElement.styles, control];

  protected override render(): TemplateResult {
    return html`<div
      part="base"
      class="control"
      role="group"
      lang=${languageOf(this.usedLocale)}
      dir=${directionOf(this.usedLocale)}
      aria-label=${this.heading || this.defaultHeading}
    >
      ${this.renderContent()}
    </div>`;
  }

  protected override renderSkeleton(): TemplateResult {
    return this.renderContent();
  }

  protected override renderEmpty(): typeof nothing {
    return nothing;
  }
}
