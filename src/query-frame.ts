import { html, nothing } from 'lit';
import type { CbBaseElement, Frame } from './base-element.ts';
import { refreshOf } from './connection.ts';
import { CbErrorEvent } from './events.ts';
import { formatAge } from './format/time.ts';
import { translate } from './i18n/catalogue.ts';
import { freshnessMessages } from './i18n/freshness.ts';
import type { QueryController } from './query-controller.ts';
import type * as ProblemView from './problem-view.ts';
import { errorStatus, type Status } from './status.ts';
import { TickController } from './ticker.ts';

/** A query of any element, as far as its frame looks at it. */
export type AnyQuery = Pick<QueryController<never, unknown>, 'state' | 'retry'>;

/** An answer older than this is stale where nothing is pushed. */
const STALE_AFTER = 60_000;
/** A moment's silence after an answer: most turn live within it, and nothing flickers. */
const AGE_SHOWN_AFTER = 3_000;

/**
 * What a query contributes to its element's frame: state, freshness, and what went wrong.
 *
 * @param query the one that the element's state follows
 * @param assess what an answer that is up to date amounts to
 */
export function createQueryFrame(
  host: CbBaseElement,
  query: () => AnyQuery,
  assess: (data: unknown) => Status,
): Frame {
  let view: typeof ProblemView | Promise<void> | undefined;
  let told: unknown;

  /** Most elements never have a problem: what shows it is loaded with the first. */
  async function loadView(): Promise<void> {
    const loaded = await import('./problem-view.ts');
    await loaded.prepare(host);
    view = loaded;
    host.requestUpdate();
  }

  host.addController({
    /** Tells each failure once. */
    hostUpdated() {
      const { error } = query().state;
      if (error === told) return;
      told = error;
      if (error !== undefined) host.dispatchEvent(new CbErrorEvent(error));
    },
  });
  new TickController(host, () => {
    const { updatedAt, retryAt, live } = query().state;
    return retryAt !== undefined || (updatedAt !== undefined && !live);
  });

  return {
    get live() {
      return query().state.live;
    },

    get status() {
      const { data, error, live, updatedAt = 0 } = query().state;
      const code = errorStatus(error);
      // A token that ends is replaced before long; until then what is shown may stay.
      if (code === 403 || (code === 401 && data === undefined)) return 'forbidden';
      if (data === undefined) return error === undefined ? 'loading' : 'error';
      const patience = Math.max(STALE_AFTER, 2 * (refreshOf(host) ?? 0));
      if (error !== undefined || (!live && Date.now() - updatedAt > patience)) return 'stale';
      return assess(data);
    },

    renderFreshness() {
      const { updatedAt, live } = query().state;
      const { status, usedLocale } = host;
      const age = Date.now() - (updatedAt ?? Infinity);
      const isLive = live && status !== 'stale';
      if (!isLive && !(age >= AGE_SHOWN_AFTER)) return nothing;
      const text = translate(freshnessMessages, usedLocale, isLive ? 'live' : 'old', {
        age: isLive ? '' : formatAge(age, usedLocale),
      });
      const kind = isLive ? 'live' : status;
      return html`<span part="freshness" class="note chip ${kind}">${text}</span>`;
    },

    renderProblem() {
      view ??= loadView();
      if (view instanceof Promise) return nothing;
      return view.renderProblem({
        state: query().state,
        forbidden: host.status === 'forbidden',
        locale: host.usedLocale,
        retry: () => query().retry(),
      });
    },
  };
}
