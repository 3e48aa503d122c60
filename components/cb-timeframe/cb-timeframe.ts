import { html, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Status } from '../../src/data/status.ts';
import { CbControl } from '../../src/element/control.ts';
import { CbTimeframeChangeEvent } from '../../src/element/events.ts';
import { dateFormat } from '../../src/format/formatters.ts';
import { translate, type MessageValues } from '../../src/i18n/catalogue.ts';
import { scopeOf, type Settings } from '../../src/settings/scope.ts';
import { messages, type TimeframeMessage } from './cb-timeframe.messages.ts';
import { styles } from './cb-timeframe.styles.ts';
import { daysOf, periodOf, presetsOf, type Days } from './period.ts';

/**
 * @summary Sets the period of the provider around it: presets, or the first and the last day, in a
 * time zone, with or without a comparison.
 *
 * @csspart base - The line of controls.
 * @csspart presets - The buttons of the presets.
 * @csspart custom - The button for a period of one's own.
 * @csspart panel - The panel that it opens.
 *
 * @cssstate error - It is in no provider.
 *
 * @event cb-timeframe-change - Another period was selected.
 */
export class CbTimeframe extends CbControl {
  static override styles = [...CbControl.styles, styles];
  static override readonly messages = messages;

  /** The names of the presets, separated by spaces. */
  @property({ reflect: true }) presets = 'today 24h 7d 30d month 90d';

  /** Leaves out the panel for a period of one's own. */
  @property({ type: Boolean, reflect: true, attribute: 'without-custom' }) withoutCustom = false;

  /** Why the days that were entered can't be applied. */
  @state() private problem?: TimeframeMessage | undefined;

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override computeStatus(): Status {
    if (this.awaitsProvider) return 'loading';
    return this.provider ? 'fresh' : 'error';
  }

  protected override renderContent(): TemplateResult {
    if (this.status === 'error') return html`<span role="alert">${this.#text('alone')}</span>`;
    const { timeframe } = scopeOf({}, this.#settings);
    const presets = presetsOf(this.presets);
    return html`<div part="presets" class="segments wide">
        ${presets.map(
          (preset) =>
            html`<button
              class="segment"
              type="button"
              aria-pressed=${preset === timeframe}
              @click=${() => this.#choose(preset)}
            >
              ${this.#text(preset)}
            </button>`,
        )}
        ${this.withoutCustom ? nothing : this.#renderCustomButton()}
      </div>
      <select
        class="select narrow"
        aria-label=${this.#text('heading')}
        @change=${this.#chooseFromList}
      >
        ${presets.map(
          (preset) =>
            html`<option value=${preset} ?selected=${preset === timeframe}>
              ${this.#text(preset)}
            </option>`,
        )}
        ${this.#renderCustomOption(presets.some((preset) => preset === timeframe))}
      </select>
      ${this.withoutCustom ? nothing : this.#renderPanel()}`;
  }

  #renderCustomButton(): TemplateResult {
    const days = this.#days;
    return html`<button
      part="custom"
      class="segment"
      type="button"
      aria-pressed=${days !== undefined}
      aria-haspopup="dialog"
      popovertarget="panel"
    >
      ${days ? this.#rangeText(days) : this.#text('custom')}
    </button>`;
  }

  #renderCustomOption(isPreset: boolean): TemplateResult | typeof nothing {
    if (this.withoutCustom && isPreset) return nothing;
    const days = this.#days;
    const { timeframe } = this.#settings;
    const text = days ? this.#rangeText(days) : this.#text('custom');
    return html`<option value="" ?selected=${!isPreset}>
      ${!isPreset && !days ? timeframe : text}
    </option>`;
  }

  #renderPanel(): TemplateResult {
    const days = this.#days;
    const { timezone = '', compare } = this.#settings;
    const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    return html`<div
      id="panel"
      part="panel"
      class="panel"
      popover
      role="dialog"
      aria-label=${this.#text('heading')}
      @toggle=${this.#toggle}
    >
      <form class="fields" novalidate @submit=${this.#apply}>
        <label class="field"
          >${this.#text('from')}<input
            class="input"
            type="date"
            name="from"
            autofocus
            required
            .value=${days?.first ?? ''}
        /></label>
        <label class="field"
          >${this.#text('to')}<input
            class="input"
            type="date"
            name="to"
            required
            .value=${days?.last ?? ''}
        /></label>
        <label class="field"
          >${this.#text('timezone')}<select class="input" name="timezone">
            <option value="" ?selected=${!timezone}>
              ${this.#text('ownTimezone', { timezone: own })}
            </option>
            ${['UTC', ...Intl.supportedValuesOf('timeZone')].map(
              (zone) => html`<option value=${zone} ?selected=${zone === timezone}>${zone}</option>`,
            )}
          </select></label
        >
        <label class="check"
          ><input type="checkbox" name="compare" .checked=${compare !== 'none'} />${this.#text(
            'compare',
          )}</label
        >
        <p class="problem" role="alert">${this.problem ? this.#text(this.problem) : nothing}</p>
        <div class="buttons">
          <button class="button" type="button" popovertarget="panel" popovertargetaction="hide">
            ${this.#text('cancel')}
          </button>
          <button class="button main" type="submit">${this.#text('apply')}</button>
        </div>
      </form>
    </div>`;
  }

  get #settings(): Settings {
    return this.provider?.settings.get() ?? {};
  }

  /** The first and the last day of a period without a name. */
  get #days(): Days | undefined {
    const { from, to } = this.#settings;
    return daysOf(from, to, scopeOf({}, this.#settings).timezone ?? 'UTC');
  }

  #rangeText({ first, last }: Days): string {
    const format = dateFormat(this.usedLocale, { dateStyle: 'medium', timeZone: 'UTC' });
    return format.formatRange(Date.parse(first), Date.parse(last));
  }

  #choose(timeframe: string): void {
    this.provider?.change({ timeframe, from: undefined, to: undefined });
    this.dispatchEvent(new CbTimeframeChangeEvent(timeframe));
  }

  readonly #chooseFromList = ({ target }: Event): void => {
    const { value } = target as HTMLSelectElement;
    if (value) this.#choose(value);
    else this.renderRoot.querySelector<HTMLElement>('#panel')?.showPopover();
  };

  readonly #toggle = ({ newState }: ToggleEvent): void => {
    if (newState === 'open') return;
    this.problem = undefined;
    // A list that stands on "custom" would not change when it is chosen again.
    this.requestUpdate();
  };

  readonly #apply = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const read = (name: string): string => (data.get(name) as string | null) ?? '';
    const timezone = read('timezone') || undefined;
    const compare = data.has('compare') ? undefined : 'none';
    const period = periodOf(read('from'), read('to'), timezone);
    if (typeof period === 'string') {
      this.problem = period;
      form.querySelector<HTMLElement>(period === 'reversed' ? '[name=to]' : ':invalid')?.focus();
      return;
    }
    form.parentElement?.hidePopover();
    this.provider?.change({ ...period, timeframe: undefined, timezone, compare });
    this.dispatchEvent(new CbTimeframeChangeEvent(undefined, period.from, period.to));
  };

  readonly #text = (key: TimeframeMessage, values?: MessageValues): string =>
    translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-timeframe': CbTimeframe;
  }
}
