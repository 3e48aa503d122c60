/** What went wrong in an element, told once per failure. Bubbles. */
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

/** A provider's session began, ended or changed its owner. */
export class CbSessionChangeEvent extends Event {
  constructor() {
    super('cb-session-change', { bubbles: true, composed: true });
  }
}

/** Somebody chose one of what an element lists; `item` is what the server told of it. */
export class CbSelectEvent<T = unknown> extends Event {
  readonly item: T;
  constructor(item: T) {
    super('cb-select', { bubbles: true, composed: true });
    this.item = item;
  }
}

/** Somebody chose another period in an element. */
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
