import { css, html, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { LoggedError, LoggedErrorsQuery, Severity } from '@cloudbrain/sdk';
import { ListController } from '../../src/data/list-controller.ts';
import { errorList } from '../../src/data/queries/errors.ts';
import type { Status } from '../../src/data/status.ts';
import { CbElement, type AnyQuery } from '../../src/element/element.ts';
import { translate, type Catalogue, type MessageValues } from '../../src/i18n/catalogue.ts';
import type { Column } from '../../src/table/columns.ts';
import { renderName } from '../../src/table/names.ts';
import { renderPager } from '../../src/table/pager.ts';
import { TableController } from '../../src/table/table.ts';
import { actions } from '../../src/theme/actions.css.ts';
import { severity } from '../../src/theme/severity.css.ts';
import { table } from '../../src/theme/table.css.ts';
import { toolbar } from '../../src/theme/toolbar.css.ts';
import { renderSelect, renderToolbar } from '../../src/toolbar/toolbar.ts';
import { messages, type ErrorLogMessage } from './cb-error-log.messages.ts';
import { renderSeverity, SEVERITIES } from './severity.ts';

const DEFAULT_LIMIT = 20;
/** Narrower than its columns need, each row has two lines. */
const NARROW = 720;

/**
 * @summary The errors that telemetry reported, newest on top; a row opens its `<cb-error-detail>`.
 *
 * @slot loading - Replaces the skeleton.
 * @slot empty - Replaces the message for no errors.
 * @slot error - Replaces the message for failures and missing permissions.
 *
 * @csspart base - The card.
 * @csspart header - Heading and freshness.
 * @csspart heading - The heading.
 * @csspart freshness - The age of data that isn't live.
 * @csspart toolbar - The filter and the pager.
 * @csspart pager - The buttons to the pages before and after.
 * @csspart table - The table.
 * @csspart row - One error.
 * @csspart severity - How serious it is.
 * @csspart open - The button that opens it.
 * @csspart error-code - The code of a failure.
 * @csspart retry - The button that retries at once.
 *
 * @cssstate loading - No data yet.
 * @cssstate fresh - The data is up to date.
 * @cssstate stale - The data is old; its age is shown.
 * @cssstate forbidden - The token has no access to errors.
 * @cssstate empty - There is no error in the period.
 * @cssstate error - Nothing could be loaded.
 * @cssstate live - Changes are pushed as they happen.
 * @cssstate compact - It, or its provider, has `density="compact"`.
 *
 * @event cb-select - An error was opened; `item` is the error.
 * @event cb-error - A request to the server failed.
 */
export class CbErrorLog extends CbElement {
  static override styles = [
    [CbElement.styles, actions, table(NARROW), toolbar, severity],
    css`
      .toolbar {
        min-block-size: 30px;
      }
    `,
  ];
  static override readonly messages = messages;

  readonly #errors = new ListController<LoggedErrorsQuery, LoggedError>(this, {
    define: () => errorList,
    params: () => ({ ...(this.scope as LoggedErrorsQuery), limit: this.#limit }),
  });
  readonly #table = new TableController<LoggedError>(this, {
    columns: () => this.#columns,
    key: ({ id }) => id,
    label: () => this.heading || this.defaultHeading,
    opens: { kind: 'error', name: ({ type }) => this.#text('name', { type }) },
  });

  /** How many errors a page has at most: 1 to 200. */
  @property({ type: Number, reflect: true }) limit = DEFAULT_LIMIT;

  protected override get query(): AnyQuery {
    return this.#errors;
  }

  protected override get catalogues(): readonly Catalogue[] {
    return [...super.catalogues, ...this.#table.catalogues];
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override statusOf(): Status {
    const isEmpty = this.#errors.items?.length === 0 && !this.#errors.filter.severity;
    return isEmpty ? 'empty' : 'fresh';
  }

  protected override renderContent(): TemplateResult {
    const { items = [] } = this.#errors;
    return html`${this.#renderToolbar()}
    ${
      items.length > 0
        ? this.#table.render(items)
        : html`<p class="message">${this.#text('emptySeverity')}</p>`
    }`;
  }

  protected override renderSkeleton(): TemplateResult {
    return html`<div class="toolbar"></div>
      ${this.#table.renderSkeleton(this.#limit)}`;
  }

  protected override renderEmpty(): TemplateResult {
    return html`<div>${this.#text('empty')}</div>
      <div class="note">${this.#text('emptyWhy')}</div>`;
  }

  #renderToolbar(): TemplateResult {
    const select = renderSelect<Severity | ''>({
      label: this.#text('severity'),
      options: [
        { value: '', label: this.#text('all') },
        ...SEVERITIES.map((value) => ({ value, label: this.#text(value) })),
      ],
      value: this.#errors.filter.severity ?? '',
      choose: (value) => this.#errors.filterBy({ severity: value || undefined }),
    });
    const pager = renderPager(this.#errors, this.usedLocale);
    return renderToolbar(this.#text('filters'), html`${select} ${pager}`);
  }

  get #columns(): Column<LoggedError>[] {
    const t = this.#text;
    return [
      {
        key: 'severity',
        label: t('severity'),
        width: `calc(${Math.max(...SEVERITIES.map((it) => t(it).length))}ch + 30px)`,
        render: ({ severity }) => renderSeverity(severity, t(severity)),
      },
      { key: 'type', label: t('type'), format: 'name', width: '16ch' },
      {
        key: 'message',
        label: t('message'),
        format: 'name',
        priority: 2,
        width: '20ch',
        render: ({ message }) => renderName(message, t('noMessage')),
      },
      {
        key: 'agent',
        label: t('agent'),
        format: 'name',
        priority: 3,
        width: '10ch',
        render: ({ agent }) => renderName(agent, t('noAgent')),
      },
      { key: 'at', label: t('at'), format: 'time', align: 'end', width: '14ch' },
    ];
  }

  get #limit(): number {
    return Math.min(200, Math.max(1, Math.trunc(this.limit) || DEFAULT_LIMIT));
  }

  readonly #text = (key: ErrorLogMessage, values?: MessageValues): string =>
    translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-error-log': CbErrorLog;
  }
}
