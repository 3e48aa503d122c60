/** Every code of an error, with its status; what each means is in `reference/error-texts.ts`. */
import type { Schemas } from './types.ts';

export type ErrorCode = Schemas['ErrorCode'];

export interface ErrorKind {
  /** The HTTP status. */
  status: number;
  /** The code in words. */
  title: string;
}

export const errorKinds = {
  invalid_parameter: { status: 400, title: 'Invalid parameter' },
  invalid_body: { status: 400, title: 'Invalid body' },
  malformed_body: { status: 400, title: 'Malformed body' },
  malformed_request: { status: 400, title: 'Malformed request' },
  unknown_version: { status: 400, title: 'Unknown version' },
  token_missing: { status: 401, title: 'Token missing' },
  token_malformed: { status: 401, title: 'Token malformed' },
  token_invalid: { status: 401, title: 'Token invalid' },
  token_expired: { status: 401, title: 'Token expired' },
  session_ended: { status: 401, title: 'Session ended' },
  unknown_key: { status: 401, title: 'Unknown key' },
  minter_ended: { status: 401, title: 'Minter ended' },
  wrong_credentials: { status: 401, title: 'Wrong credentials' },
  refresh_token_invalid: { status: 401, title: 'Refresh token invalid' },
  role_required: { status: 403, title: 'Role required' },
  caller_not_allowed: { status: 403, title: 'Caller not allowed' },
  operator_only: { status: 403, title: 'Operator only' },
  whole_workspace_only: { status: 403, title: 'Whole workspace only' },
  read_only_token: { status: 403, title: 'Read-only token' },
  origin_refused: { status: 403, title: 'Origin refused' },
  role_not_grantable: { status: 403, title: 'Role not grantable' },
  outlives_caller: { status: 403, title: 'Outlives caller' },
  domain_not_allowed: { status: 403, title: 'Domain not allowed' },
  topic_not_allowed: { status: 403, title: 'Topic not allowed' },
  not_found: { status: 404, title: 'Not found' },
  domain_not_found: { status: 404, title: 'Domain not found' },
  unknown_path: { status: 404, title: 'Unknown path' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  request_timeout: { status: 408, title: 'Request timeout' },
  ambiguous_workspace: { status: 409, title: 'Ambiguous workspace' },
  ambiguous_conversation: { status: 409, title: 'Ambiguous conversation' },
  request_in_progress: { status: 409, title: 'Request in progress' },
  answer_lost: { status: 409, title: 'Answer lost' },
  cleanup_refused: { status: 409, title: 'Cleanup refused' },
  key_not_rotatable: { status: 409, title: 'Key not rotatable' },
  too_many_keys: { status: 409, title: 'Too many keys' },
  body_too_large: { status: 413, title: 'Body too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  unsupported_encoding: { status: 415, title: 'Unsupported encoding' },
  unregistered_origin: { status: 422, title: 'Unregistered origin' },
  idempotency_key_reused: { status: 422, title: 'Idempotency key reused' },
  answer_too_large: { status: 422, title: 'Answer too large' },
  not_drawable: { status: 422, title: 'Not drawable' },
  upgrade_required: { status: 426, title: 'Upgrade required' },
  rate_limited: { status: 429, title: 'Rate limited' },
  too_many_failed_logins: { status: 429, title: 'Too many failed logins' },
  too_many_streams: { status: 429, title: 'Too many streams' },
  overloaded: { status: 429, title: 'Overloaded' },
  headers_too_large: { status: 431, title: 'Headers too large' },
  internal_error: { status: 500, title: 'Internal error' },
  starting: { status: 503, title: 'Service starting' },
  stopping: { status: 503, title: 'Service stopping' },
  database_unavailable: { status: 503, title: 'Database unavailable' },
  answer_timeout: { status: 503, title: 'Answer timeout' },
  busy: { status: 503, title: 'Busy' },
  not_running: { status: 503, title: 'Not running' },
  client_gone: { status: 503, title: 'Client gone' },
} as const satisfies Readonly<Record<ErrorCode, ErrorKind>>;

/** The codes of a status: `CodeOf<404>`. */
export type CodeOf<Status extends number> = {
  [Code in ErrorCode]: (typeof errorKinds)[Code]['status'] extends Status ? Code : never;
}[ErrorCode];
