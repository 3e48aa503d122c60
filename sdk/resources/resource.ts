import type { Core } from '../core/core.ts';

/** What every resource is: the operations of one tag of the contract. */
export class Resource {
  protected readonly core: Core;

  /** @internal */
  constructor(core: Core) {
    this.core = core;
  }
}
