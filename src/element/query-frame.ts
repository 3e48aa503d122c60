import { html, nothing } from 'lit';
import type { CbBaseElement, Frame } from './base-element.ts';
import { refreshOf } from '../settings/connection.ts';
import { CbErrorEvent } from './events.ts';
import { formatAge } from '../format/time.ts';
import { translate, type Catalogue } from '../i18n/catalogue.ts';
import { freshnessMessages } from '../i18n/freshness.ts';
import type { QueryController } from '../data/query-controller.ts';
import { createProblemFrame } from './problem-frame.ts';
import { isRefused, type Status } from '../data/status.ts';
import { TickController } from '../motion/ticker.ts';

/** A query of any element, as far as its frame looks at it. */
export type AnyQuery = Pick<QueryController<never, unknown>, 'state' | 'retry'>;

/** Data older than this is stale without a live connection. */
const STALE_AFTER = 60_000;
/** Show no age for the first 3 s: most queries are live by then, which avoids a flicker. */
const AGE_SHOWN_AFTER = 3_000;

/**
 * What a query contributes to its element's frame: state, freshness, and what went wrong.
 *
 * @param query the one that the element's state follows
 * @param assess what an answer that is up to date amounts to
 * @param messages the element's texts about it
 */
export function createQueryFrame(
  host: CbBaseElement,
  query: () => AnyQuery,
  statusOf: (data: unknown) => Status,
  ...messages: readonly Catalogue[]
): Frame {
  const catalogues = [freshnessMessages, ...messages];
  let told: unknown;

  host.addController({
    /** Reports each failure once. */
    hostUpdated() {
      const { error } = query().state;
      if (error === told) return;
      told = error;
      if (error !== undefined) host.dispatchEvent(new CbErrorEvent(error));
    },
  });
  new TickController(host, () => {
    const { updatedAt, retryAt, live } = query().state;
    return retryAt ?? (!live && updatedAt);
  });

  return {
    get live() {
      return query().state.live;
    },

    catalogues,

    get status() {
      const { state } = query();
      const { data, error, live, updatedAt = 0 } = state;
      if (isRefused(state)) return 'forbidden';
      if (data === undefined) return error === undefined ? 'loading' : 'error';
      const patience = Math.max(STALE_AFTER, 2 * (refreshOf(host) ?? 0));
      if (error !== undefined || (!live && Date.now() - updatedAt > patience)) return 'stale';
      return statusOf(data);
    },

    renderFreshness() {
      const { updatedAt, live } = query().state;
      const { status, usedLocale } = host;
      const age = Date.now() - (updatedAt ?? Infinity);
      const isStale = status === 'stale';
      const isLive = live && !isStale;
      if (!live && !isStale && !(age >= AGE_SHOWN_AFTER)) return nothing;
      const text = translate(freshnessMessages, usedLocale, isLive ? 'live' : 'old', {
        age: formatAge(age, usedLocale),
      });
      const kind = isLive ? 'live' : status;
      return html`<span part="freshness" class="note chip ${kind}">${text}</span>`;
    },

    renderProblem: createProblemFrame(host, query, catalogues),
  };
}
