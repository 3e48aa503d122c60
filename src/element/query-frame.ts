import { html, nothing } from 'lit';
import { isRefused, type QueryState, type Status } from '../data/status.ts';
import { formatAge } from '../format/time.ts';
import { translate, type Catalogue } from '../i18n/catalogue.ts';
import { freshnessMessages } from '../i18n/freshness.ts';
import { TickController } from '../motion/ticker.ts';
import type { CbBaseElement, Frame } from './base-element.ts';
import { CbErrorEvent } from './events.ts';
import { createProblemFrame } from './problem-frame.ts';

/** Data older than this is stale without a live connection. */
const STALE_AFTER = 60_000;
/** Show no age for the first 3 s: most queries are live by then, which avoids a flicker. */
const AGE_SHOWN_AFTER = 3_000;

/** The query of a frame. */
export interface FrameOptions {
  /** The one that the element's state follows. */
  query(this: void): { readonly state: QueryState<unknown>; readonly retry: () => void };
  /** Milliseconds between two requests without a live connection. */
  refreshMs(this: void): number | undefined;
  /** The state for data that is up to date. */
  statusOf(this: void, data: unknown): Status;
  /** The element's texts about it. */
  messages?: readonly Catalogue[];
}

/** What a query contributes to its element's frame: state, freshness, and what went wrong. */
export function createQueryFrame(
  host: CbBaseElement,
  { query, refreshMs, statusOf, messages = [] }: FrameOptions,
): Frame {
  const catalogues = [freshnessMessages, ...messages];
  let reported: unknown;

  host.addController({
    /** Reports each failure once. */
    hostUpdated() {
      const { error } = query().state;
      if (error === reported) return;
      reported = error;
      if (error !== undefined) host.dispatchEvent(new CbErrorEvent(error));
    },
  });
  new TickController(host, () => {
    const { updatedAt, retryAt, live } = query().state;
    return retryAt ?? (!live && updatedAt);
  });

  return {
    get state() {
      return query().state;
    },

    catalogues,

    get status() {
      const { state } = query();
      const { data, error, live, updatedAt = 0, isPrevious } = state;
      if (isRefused(state)) return 'forbidden';
      if (data === undefined) return error === undefined ? 'loading' : 'error';
      const patience = Math.max(STALE_AFTER, 2 * (refreshMs() ?? 0));
      const isOld = !live && !isPrevious && Date.now() - updatedAt > patience;
      if (error !== undefined || isOld) return 'stale';
      return statusOf(data);
    },

    renderFreshness() {
      const { updatedAt, live } = query().state;
      const { status, usedLocale } = host;
      const age = Date.now() - (updatedAt ?? Infinity);
      const isStale = status === 'stale';
      // What is live says nothing: a `<cb-refresh>` says it for the page.
      if (!isStale && (live || !(age >= AGE_SHOWN_AFTER))) return nothing;
      const text = translate(freshnessMessages, usedLocale, 'old', {
        age: (locale) => formatAge(age, locale),
      });
      return html`<span part="freshness" class="note chip ${status}">${text}</span>`;
    },

    renderProblem: createProblemFrame(host, query, catalogues),
  };
}
