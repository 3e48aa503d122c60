import { html, nothing, type TemplateResult } from 'lit';
import type { ListController } from '../data/list-controller.ts';
import { translate } from '../i18n/catalogue.ts';
import { tableMessages, type TableMessage } from './messages.ts';

/** A list, as far as a pager moves in it. */
type Pages = Pick<
  ListController<never, unknown>,
  'hasPrevious' | 'hasNext' | 'previous' | 'next' | 'state'
>;

/** The buttons to the pages before and after; nothing for a list of one page. */
export function renderPager(list: Pages, locale: string): TemplateResult | typeof nothing {
  const { data } = list.state;
  if (data?.previousCursor == null && data?.nextCursor == null) return nothing;
  const t = (key: TableMessage) => translate(tableMessages, locale, key);
  // They keep the focus where there is no further page, and while one is loading.
  const button = (name: 'previous' | 'next', may: boolean) =>
    html`<button
      class="button ${name}"
      type="button"
      aria-label=${t(name)}
      aria-disabled=${!may}
      @click=${list[name]}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path d=${name === 'next' ? 'M6 3.5 10.5 8 6 12.5' : 'M10 3.5 5.5 8 10 12.5'} />
      </svg>
    </button>`;
  return html`<div part="pager" class="pager" role="group" aria-label=${t('pages')}>
    ${button('previous', list.hasPrevious)} ${button('next', list.hasNext)}
  </div>`;
}
