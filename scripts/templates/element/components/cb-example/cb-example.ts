import { html, type TemplateResult } from 'lit';
import type { StatsOverview } from '@cloudbrain/sdk';
import { property } from 'lit/decorators.js';
import { CbElement, type AnyQuery } from '../../src/element/element.ts';
import { formatValue } from '../../src/format/value.ts';
import { translate } from '../../src/i18n/catalogue.ts';
import { QueryController } from '../../src/data/query-controller.ts';
import type { Scope } from '../../src/settings/scope.ts';
import { overview } from '../../src/data/queries/stats.ts';
import { messages, type ExampleMessage } from './cb-example.messages.ts';
import { styles } from './cb-example.styles.ts';

/**
 * @summary How many requests a period had, and how many of them failed.
 *
 * @slot loading - Replaces the skeleton.
 * @slot empty - Replaces the message for no requests.
 * @slot error - Replaces the message for errors and missing permissions.
 *
 * @csspart base - The card.
 * @csspart header - Heading and freshness.
 * @csspart heading - The heading.
 * @csspart freshness - The age of data that isn't live.
 * @csspart figures - The figures.
 *
 * @cssproperty [--cb-example-padding-inline=18px] - Padding at the sides.
 *
 * @cssstate loading - No data yet.
 * @cssstate fresh - The data is up to date.
 * @cssstate stale - The data is old; its age is shown.
 * @cssstate forbidden - The token has no access to it.
 * @cssstate empty - The period had no requests.
 * @cssstate error - Nothing could be loaded.
 * @cssstate live - Changes are pushed as they happen.
 *
 * @event cb-error - A request to the server failed.
 */
export class CbExample extends CbElement {
  static override styles = [CbElement.styles, styles];
  static override readonly messages = messages;

  readonly #overview = new QueryController<Scope, StatsOverview>(this, {
    define: () => overview,
    params: () => this.scope,
  });

  /** Leaves the failed requests out. */
  @property({ type: Boolean, reflect: true, attribute: 'without-errors' }) withoutErrors = false;

  protected override get query(): AnyQuery {
    return this.#overview;
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override statusOf(data: StatsOverview): 'fresh' | 'empty' {
    return data.requests > 0 ? 'fresh' : 'empty';
  }

  protected override renderContent(): TemplateResult {
    const { data } = this.#overview.state;
    if (!data) return this.renderSkeleton();
    return html`<dl part="figures" class="figures">
      ${this.#renderFigure('requests', data.requests)}
      ${this.withoutErrors ? '' : this.#renderFigure('errors', data.errors)}
    </dl>`;
  }

  protected override renderSkeleton(): TemplateResult {
    return html`<div class="figures"><div class="skeleton figure"></div></div>`;
  }

  protected override renderEmpty(): TemplateResult {
    return html`<div>${this.#text('empty')}</div>`;
  }

  #renderFigure(name: 'requests' | 'errors', value: number): TemplateResult {
    return html`<div class="figure">
      <dt>${this.#text(name)}</dt>
      <dd class=${name}>${formatValue(value, 'number', this.usedLocale)}</dd>
    </div>`;
  }

  readonly #text = (key: ExampleMessage): string => translate(messages, this.usedLocale, key);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-example': CbExample;
  }
}
