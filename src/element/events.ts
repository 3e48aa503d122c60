/** An error in an element, dispatched once per failure. Bubbles. */
export class CbErrorEvent extends Event {
  readonly error: unknown;
  constructor(error: unknown) {
    super('cb-error', { bubbles: true, composed: true });
    this.error = error;
  }
}

/** A provider has no valid session any more (or none yet): show a login, or set a new token. */
export class CbAuthRequiredEvent extends Event {
  constructor() {
    super('cb-auth-required', { bubbles: true, composed: true });
  }
}

/** A provider's session started, ended or changed its account. */
export class CbSessionChangeEvent extends Event {
  constructor() {
    super('cb-session-change', { bubbles: true, composed: true });
  }
}

/** An item of a list was selected; `item` is the server's data. */
export class CbSelectEvent<T = unknown> extends Event {
  readonly item: T;
  constructor(item: T) {
    super('cb-select', { bubbles: true, composed: true });
    this.item = item;
  }
}

/** Another period was selected in an element: one that has a name, or one with a start and an end. */
export class CbTimeframeChangeEvent extends Event {
  /** Its name, such as `7d`; undefined for a period of the reader's own. */
  readonly timeframe: string | undefined;
  /** Its start (RFC 3339), if it has no name. */
  readonly from: string | undefined;
  /** Its end (RFC 3339), exclusive, if it has no name. */
  readonly to: string | undefined;
  constructor(timeframe: string | undefined, from?: string, to?: string) {
    super('cb-timeframe-change', { bubbles: true, composed: true });
    this.timeframe = timeframe;
    this.from = from;
    this.to = to;
  }
}

/** A filter of the provider was changed by a control; `filters` has all that are set. */
export class CbScopeChangeEvent extends Event {
  readonly filters: Readonly<Record<string, string | undefined>>;
  constructor(filters: Readonly<Record<string, string | undefined>>) {
    super('cb-scope-change', { bubbles: true, composed: true });
    this.filters = filters;
  }
}

declare global {
  interface HTMLElementEventMap {
    'cb-error': CbErrorEvent;
    'cb-auth-required': CbAuthRequiredEvent;
    'cb-session-change': CbSessionChangeEvent;
    'cb-select': CbSelectEvent;
    'cb-timeframe-change': CbTimeframeChangeEvent;
    'cb-scope-change': CbScopeChangeEvent;
  }
}
