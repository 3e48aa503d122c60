import { nothing, type TemplateResult } from 'lit';
import { CbBaseElement, type Frame } from './base-element.ts';
import { createQueryFrame, type AnyQuery } from './query-frame.ts';
import { scopeOf, type Scope } from './scope.ts';
import { IDLE, type Status } from './status.ts';
import { button } from './theme/button.css.ts';
import { freshness } from './theme/freshness.css.ts';
import { pill } from './theme/pill.css.ts';
import { moreTokens } from './theme/more-tokens.css.ts';

export type { AnyQuery };

/**
 * What every element that asks a server stands on. How an element is written:
 * docs/architecture/elements.md.
 */
export abstract class CbElement extends CbBaseElement {
  static override styles = [CbBaseElement.styles, moreTokens, freshness, pill, button];

  readonly #frame = createQueryFrame(
    this,
    () => this.query ?? NO_QUERY,
    (data) => this.statusOf(data),
  );

  /** What to ask for, with the provider's answers for what this element leaves out. */
  protected get scope(): Scope {
    return scopeOf(this, this.provider);
  }

  /** The query that the element's state follows. */
  protected get query(): AnyQuery | undefined {
    return undefined;
  }

  protected override get frame(): Frame {
    return this.#frame;
  }

  /** Tries again at once. */
  retry(): void {
    this.query?.retry();
  }

  /** What an answer that is up to date amounts to. */
  protected statusOf(_data: unknown): Status {
    return 'fresh';
  }

  /** An element that can be empty says so in words of its own. */
  protected override renderEmpty(): TemplateResult | typeof nothing {
    return nothing;
  }
}

/** An element that asks nothing has nothing to wait for. */
const NO_QUERY: AnyQuery = { state: IDLE, retry: () => {} };
