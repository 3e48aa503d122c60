/** Why a request to another server was not made, or has no answer. */
export type OutboundReason =
  /** The URL can't be used: its form, scheme, credentials or port. */
  | 'url'
  /** The host is at an address that requests may not reach. */
  | 'address'
  /** The host has no address. */
  | 'unresolved'
  /** No connection, or it broke. */
  | 'unreachable'
  /** The certificate isn't valid for the host. */
  | 'certificate'
  /** It took too long. */
  | 'timeout'
  /** The answer is larger than allowed. */
  | 'too-large'
  /** The answer isn't HTTP. */
  | 'protocol'
  /** The caller gave up. */
  | 'aborted';

interface OutboundDetails {
  /** What the operating system or Node calls it, such as `ECONNREFUSED`. */
  code?: string | undefined;
  /** The address that was refused: for the operator's log, not for tenants. */
  address?: string | undefined;
  cause?: unknown;
}

/**
 * A request to another server that was refused or failed. The message is a sentence for people; it
 * holds neither the URL's path and query nor addresses that only DNS knows.
 */
export class OutboundError extends Error {
  readonly reason: OutboundReason;
  readonly code: string | undefined;
  readonly address: string | undefined;
  /** What the request was for. */
  purpose: string | undefined;

  constructor(reason: OutboundReason, message: string, details: OutboundDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'OutboundError';
    this.reason = reason;
    this.code = details.code;
    this.address = details.address;
  }

  /** Whether it was refused before anything was sent: trying again changes nothing. */
  get isRefusal(): boolean {
    return this.reason === 'url' || this.reason === 'address';
  }
}
