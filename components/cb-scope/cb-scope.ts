import { html, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { namesOf, type Dimension } from '../../src/data/queries/names.ts';
import { QueryController } from '../../src/data/query-controller.ts';
import type { Status } from '../../src/data/status.ts';
import { CbControl } from '../../src/element/control.ts';
import { CbScopeChangeEvent } from '../../src/element/events.ts';
import { translate, type MessageValues } from '../../src/i18n/catalogue.ts';
import type { Settings } from '../../src/settings/scope.ts';
import { messages, type ScopeMessage } from './cb-scope.messages.ts';
import { styles } from './cb-scope.styles.ts';

const DIMENSIONS = ['domain', 'model', 'agent', 'user'] as const satisfies readonly Dimension[];
type Filter = (typeof DIMENSIONS)[number];

/**
 * @summary Sets the filters of the provider around it: a domain for everything in it; a model, an
 * agent and a user for its lists.
 *
 * @csspart base - The line of controls.
 * @csspart filter - One filter.
 * @csspart clear - The button that removes all filters.
 *
 * @cssstate error - It is in no provider.
 *
 * @event cb-scope-change - A filter was changed.
 * @event cb-error - A request to the server failed.
 */
export class CbScope extends CbControl {
  static override styles = [...CbControl.styles, styles];
  static override readonly messages = messages;

  readonly #names = Object.fromEntries(
    DIMENSIONS.map((breakdown) => [
      breakdown,
      new QueryController<{ breakdown: Dimension }, readonly string[]>(this, {
        define: () => namesOf,
        params: () => (this.#shown.includes(breakdown) ? { breakdown } : undefined),
      }),
    ]),
  ) as Record<Filter, QueryController<{ breakdown: Dimension }, readonly string[]>>;

  /** What can be filtered by, separated by spaces: `domain`, `model`, `agent` and `user`. */
  @property({ reflect: true }) dimensions = 'domain model agent';

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override computeStatus(): Status {
    if (this.awaitsProvider) return 'loading';
    return this.provider ? 'fresh' : 'error';
  }

  protected override renderContent(): TemplateResult {
    if (this.status === 'error') return html`<span role="alert">${this.#text('alone')}</span>`;
    const isAnySet = DIMENSIONS.some((filter) => this.#settings[filter]);
    return html`${this.#shown.map((filter) => this.#renderFilter(filter))}${
      isAnySet
        ? html`<button part="clear" class="segment" type="button" @click=${this.#clear}>
            ${this.#text('clear')}
          </button>`
        : nothing
    }`;
  }

  #renderFilter(filter: Filter): TemplateResult | typeof nothing {
    const value = this.#settings[filter] ?? '';
    const { data = [], error } = this.#names[filter].state;
    // A reader who may not see the names can still remove a filter that is set.
    if (error !== undefined && !value) return nothing;
    const names = value && !data.includes(value) ? [value, ...data] : data;
    return html`<span part="filter" class="chip ${value ? 'set' : ''}">
      <select
        class="select"
        name=${filter}
        aria-label=${this.#text(filter)}
        title=${value || nothing}
        @change=${this.#choose}
      >
        <option value="" ?selected=${!value}>${this.#text(`all.${filter}`)}</option>
        ${names.map(
          (name) => html`<option value=${name} ?selected=${name === value}>${name}</option>`,
        )}
      </select>
      ${
        value
          ? html`<button
              class="remove"
              type="button"
              aria-label=${this.#text('remove', { filter: this.#text(filter) })}
              @click=${() => this.#set(filter, undefined)}
            >
              <span aria-hidden="true">✕</span>
            </button>`
          : nothing
      }
    </span>`;
  }

  get #settings(): Settings {
    return this.provider?.settings.get() ?? {};
  }

  get #shown(): readonly Filter[] {
    const wanted = this.dimensions.split(/\s+/);
    return DIMENSIONS.filter((filter) => wanted.includes(filter));
  }

  readonly #choose = ({ target }: Event): void => {
    const { name, value } = target as HTMLSelectElement;
    this.#set(name as Filter, value || undefined);
  };

  #set(filter: Filter, value: string | undefined): void {
    this.#change({ [filter]: value });
    // The button that was pressed is gone with its filter.
    this.renderRoot.querySelector<HTMLElement>(`[name=${filter}]`)?.focus();
  }

  readonly #clear = (): void => {
    this.#change(Object.fromEntries(DIMENSIONS.map((filter) => [filter, undefined])));
    this.renderRoot.querySelector<HTMLElement>('select')?.focus();
  };

  #change(settings: Settings): void {
    this.provider?.change(settings);
    const filters = { ...this.#settings, ...settings };
    const entries = DIMENSIONS.map((filter) => [filter, filters[filter] || undefined]);
    this.dispatchEvent(
      new CbScopeChangeEvent(Object.fromEntries(entries) as CbScopeChangeEvent['filters']),
    );
  }

  readonly #text = (key: ScopeMessage, values?: MessageValues): string =>
    translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-scope': CbScope;
  }
}
