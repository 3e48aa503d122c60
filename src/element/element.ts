import { nothing, type TemplateResult } from 'lit';
import type { QueryController, QueryHost, Source } from '../data/query-controller.ts';
import { IDLE, type Status } from '../data/status.ts';
import { refreshMs, sourceOf } from '../settings/connection.ts';
import { scopeOf, type Scope } from '../settings/scope.ts';
import { button } from '../theme/button.css.ts';
import { freshness } from '../theme/freshness.css.ts';
import { moreTokens } from '../theme/more-tokens.css.ts';
import { pill } from '../theme/pill.css.ts';
import { CbBaseElement, type Frame } from './base-element.ts';
import { createQueryFrame } from './query-frame.ts';

/** A query of any element, as far as its frame looks at it. */
export type AnyQuery = Pick<QueryController<never, unknown>, 'state' | 'retry'>;

/**
 * The base of every element that uses a server. How an element is written:
 * docs/architecture/elements.md.
 */
export abstract class CbElement extends CbBaseElement implements QueryHost {
  static override styles = [CbBaseElement.styles, moreTokens, freshness, pill, button];

  readonly #frame = createQueryFrame(this, {
    query: () => this.query ?? NO_QUERY,
    refreshMs: () => this.refreshMs,
    statusOf: (data) => this.statusOf(data),
  });

  /** The session that it uses. */
  get source(): Source | 'pending' | undefined {
    return sourceOf(this);
  }

  /** Milliseconds between two requests without a live connection; undefined for the default. */
  get refreshMs(): number | undefined {
    return refreshMs(this.settings.refresh);
  }

  /** The scope of queries, with the provider's settings for those that this element omits. */
  protected get scope(): Scope {
    return scopeOf(this, this.provider?.settings.get());
  }

  /** The query that the element's state follows. */
  protected get query(): AnyQuery | undefined {
    return undefined;
  }

  protected override get frame(): Frame {
    return this.#frame;
  }

  /** Retries at once. */
  retry(): void {
    this.query?.retry();
  }

  /** The state for data that is up to date. */
  protected statusOf(_data: unknown): Status {
    return 'fresh';
  }

  /** An element that can be empty overrides this. */
  protected override renderEmpty(): TemplateResult | typeof nothing {
    return nothing;
  }
}

/** An element without a query has nothing to wait for. */
const NO_QUERY: AnyQuery = { state: IDLE, retry: () => {} };
