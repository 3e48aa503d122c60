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

/** Another period was selected in an element. */
export class CbTimeframeChangeEvent extends Event {
  readonly timeframe: string;
  constructor(timeframe: string) {
    super('cb-timeframe-change', { bubbles: true, composed: true });
    this.timeframe = timeframe;
  }
}

declare global {
  interface HTMLElementEventMap {
    'cb-error': CbErrorEvent;
    'cb-auth-required': CbAuthRequiredEvent;
    'cb-session-change': CbSessionChangeEvent;
    'cb-select': CbSelectEvent;
    'cb-timeframe-change': CbTimeframeChangeEvent;
  }
}
