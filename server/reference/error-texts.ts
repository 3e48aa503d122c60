/** What the page of each code says; `docs/errors.md` is made of it as well. */
import type { ErrorCode } from '../contract/error-codes.ts';

/** Whether the same request may succeed when it is sent again. */
export type Retry = 'never' | 'later' | 'withToken';

export interface ErrorText {
  /** What it means. */
  meaning: string;
  /** What to do. */
  remedy: string;
  retry: Retry;
}

const NEW_TOKEN = 'Get a new token and send the request again; the SDK does both by itself.';
const WAIT = 'Wait for the seconds in `Retry-After`; the SDK does so by itself.';
const FIELDS = 'Correct what `errors` names: each entry has its place, a code and a sentence.';

export const errorTexts: Readonly<Record<ErrorCode, ErrorText>> = {
  invalid_parameter: {
    meaning: 'A parameter of the path, the query or a header is missing, unknown or out of bounds.',
    remedy: FIELDS,
    retry: 'never',
  },
  invalid_body: {
    meaning: "The body could be read, but a field is missing, unknown or isn't what it has to be.",
    remedy: FIELDS,
    retry: 'never',
  },
  malformed_body: {
    meaning:
      "The body couldn't be read: it is missing or incomplete, isn't valid JSON, protobuf or gzip, or isn't a request of OTLP.",
    remedy: 'Send the body in the type that `Content-Type` names; `detail` says where it broke.',
    retry: 'never',
  },
  malformed_request: {
    meaning: "The request isn't valid HTTP, or holds a value that can't be processed.",
    remedy: 'Check the request line, the `Host` header and the encoding of the address.',
    retry: 'never',
  },
  unknown_version: {
    meaning: 'The header `CloudBrain-Version` names a version of the API that is not served.',
    remedy: 'Send one of the versions in `detail`, or leave the header out for the latest one.',
    retry: 'never',
  },
  token_missing: {
    meaning: 'The operation needs a token or an API key, and the request has neither.',
    remedy: 'Send `Authorization: Bearer <token>`, or a key as `x-api-key`.',
    retry: 'withToken',
  },
  token_malformed: {
    meaning: 'The header `Authorization` is there, but not as `Bearer` and a token.',
    remedy: 'Send `Authorization: Bearer <token>`.',
    retry: 'never',
  },
  token_invalid: {
    meaning: "The token wasn't signed by this server, or was changed on the way.",
    remedy: 'Check that the token comes from this server, and whether its secret was replaced.',
    retry: 'withToken',
  },
  token_expired: {
    meaning: 'The token, or the key, was valid, and its time is over.',
    remedy: `${NEW_TOKEN} An expired key has to be replaced.`,
    retry: 'withToken',
  },
  session_ended: {
    meaning: 'The session of the token has ended: by a logout, by an admin, or with its account.',
    remedy: 'Log in again.',
    retry: 'withToken',
  },
  unknown_key: {
    meaning: "The key doesn't exist, or has ended, or this secret was rotated out.",
    remedy: 'Check for a copying mistake, and that the key belongs to this server.',
    retry: 'never',
  },
  minter_ended: {
    meaning:
      'The account or key that made this embed token is gone, or may no longer give these rights.',
    remedy: 'Make a new embed token with an account or key that has the rights.',
    retry: 'withToken',
  },
  wrong_credentials: {
    meaning: 'The email or the password is wrong; the answer never shows which of them.',
    remedy: 'Check both. Repeated failures make the network wait.',
    retry: 'never',
  },
  refresh_token_invalid: {
    meaning: 'The refresh token is unknown, has expired, or has been used before.',
    remedy: 'Log in again. A refresh token works once: keep the new one of each answer.',
    retry: 'never',
  },
  role_required: {
    meaning:
      'The token is valid, but its role may not do this; `requiredRoles` names those that may.',
    remedy: 'Use a token with one of these roles, or ask an admin for the role.',
    retry: 'never',
  },
  caller_not_allowed: {
    meaning:
      'The operation is not for this kind of caller: accounts, API keys, embed tokens and ingest keys each have their own.',
    remedy: 'Use the kind of token or key that `detail` names.',
    retry: 'never',
  },
  operator_only: {
    meaning: 'The operation belongs to the workspace that runs the installation.',
    remedy: "Use a token of the operator's workspace.",
    retry: 'never',
  },
  whole_workspace_only: {
    meaning: 'The operation covers the whole workspace, and the token is limited to some domains.',
    remedy: "Use a token that isn't limited to domains.",
    retry: 'never',
  },
  read_only_token: {
    meaning: 'The operation changes something, and an embed token only reads.',
    remedy: 'Let your backend call the operation with an API key.',
    retry: 'never',
  },
  origin_refused: {
    meaning:
      "The page's origin is not registered with the server, or the embed token was made for other origins.",
    remedy: 'Add the origin to `CLOUDBRAIN_ORIGINS`, and to `origins` of the embed token.',
    retry: 'never',
  },
  role_not_grantable: {
    meaning: 'The caller may not give a token this role; `requiredRoles` names the roles that may.',
    remedy: 'Ask for another role, or with an account or key that has one of these.',
    retry: 'never',
  },
  outlives_caller: {
    meaning:
      'The key of the caller expires, and the key that it creates or rotates would not end with it.',
    remedy:
      "Set an `expiresAt` that isn't later than that of the caller, or use an account or another key.",
    retry: 'never',
  },
  domain_not_allowed: {
    meaning: 'The caller asks for a token for a domain that it may not see itself.',
    remedy: 'Leave the domain out, or ask with an account or key that may see it.',
    retry: 'never',
  },
  topic_not_allowed: {
    meaning: "The role of the token can't subscribe to the topic.",
    remedy: 'Leave the topic out, or use a token with one of the roles in `requiredRoles`.',
    retry: 'never',
  },
  not_found: {
    meaning: 'There is no such thing, or none that the token may see.',
    remedy: 'Check the id, and whether the token is limited to other domains.',
    retry: 'never',
  },
  domain_not_found: {
    meaning: 'The domain has never sent anything, or the token may not see it.',
    remedy: 'Check its name; `GET /api/stats/domains` lists those that the token may see.',
    retry: 'never',
  },
  unknown_path: {
    meaning: 'Nothing is served at this address.',
    remedy: 'Check the path; the reference at `/api/docs` lists all.',
    retry: 'never',
  },
  method_not_allowed: {
    meaning: 'The path exists, but not with this method; `Allow` names its methods.',
    remedy: 'Use one of them.',
    retry: 'never',
  },
  request_timeout: {
    meaning: 'The request did not arrive in time: its headers or its body took too long.',
    remedy: 'Send it again, all of it.',
    retry: 'later',
  },
  ambiguous_workspace: {
    meaning: 'The email and password open several workspaces.',
    remedy: "Send `domain`: a domain of the workspace that you want, or the workspace's name.",
    retry: 'never',
  },
  ambiguous_conversation: {
    meaning: 'Several domains have a conversation with this id.',
    remedy: 'Send `domain`; `detail` lists the domains.',
    retry: 'never',
  },
  request_in_progress: {
    meaning: 'A request with the same `Idempotency-Key` is being answered right now.',
    remedy: 'Send it again a little later to get its answer.',
    retry: 'later',
  },
  answer_lost: {
    meaning:
      'A request with the same `Idempotency-Key` was answered before, and the answer was stored under an earlier secret of the server.',
    remedy: 'It has been done: read the result instead of asking for it again.',
    retry: 'never',
  },
  cleanup_refused: {
    meaning: "The server's settings allow no cleanup that deletes.",
    remedy: 'Ask for a dry run, or change the setting that `detail` names.',
    retry: 'never',
  },
  key_not_rotatable: {
    meaning: 'The key has ended or expired, or its secret is set by `CLOUDBRAIN_INGEST_KEY`.',
    remedy: 'Create another key, or change the setting and restart the server.',
    retry: 'never',
  },
  too_many_keys: {
    meaning: 'The workspace has as many valid keys as it may have: 1,000.',
    remedy: 'End the keys that nobody uses: `lastUsedAt` shows which.',
    retry: 'never',
  },
  body_too_large: {
    meaning: 'The body is over a limit: its bytes, how deep it is nested, or how much it holds.',
    remedy: 'Send it in parts; `detail` names the limit, and `errors` the place in telemetry.',
    retry: 'never',
  },
  unsupported_media_type: {
    meaning: 'The operation takes no body of this `Content-Type`.',
    remedy: 'Send one of the types in `detail`.',
    retry: 'never',
  },
  unsupported_encoding: {
    meaning: 'The operation takes no body of this `Content-Encoding`.',
    remedy: 'Send the body without compression; telemetry may be compressed with gzip.',
    retry: 'never',
  },
  unregistered_origin: {
    meaning: "An embed token was asked for, for an origin that isn't registered with the server.",
    remedy: 'Add the origins that `errors` names to `CLOUDBRAIN_ORIGINS`.',
    retry: 'never',
  },
  idempotency_key_reused: {
    meaning: 'The `Idempotency-Key` was sent before with another request.',
    remedy: 'Make a new key for each request; use one again only to repeat the same request.',
    retry: 'never',
  },
  answer_too_large: {
    meaning:
      'The answer to a request of a batch is over 4 MiB, or those of the whole batch are over 32 MiB.',
    remedy: 'Send the request by itself, or in a smaller batch.',
    retry: 'never',
  },
  not_drawable: {
    meaning: "The figures can't be drawn as a PDF.",
    remedy: 'Export them as CSV.',
    retry: 'never',
  },
  upgrade_required: {
    meaning: 'The address speaks WebSocket, and the request is not a handshake.',
    remedy: 'Connect with a WebSocket, or use the server-sent events at `/api/live`.',
    retry: 'never',
  },
  rate_limited: {
    meaning: 'The caller, or its network, sent too many requests within a minute.',
    remedy: WAIT,
    retry: 'later',
  },
  too_many_failed_logins: {
    meaning: 'Too many logins to the account failed, from this network, this device or altogether.',
    remedy: 'Wait for the seconds in `Retry-After`. A known device has a count of its own.',
    retry: 'later',
  },
  too_many_streams: {
    meaning: 'The caller, its network or the server has as many live streams as it may have.',
    remedy: 'Close streams that nobody reads, and share one per page.',
    retry: 'later',
  },
  overloaded: {
    meaning: 'More telemetry waits to be read or written than the server takes in at once.',
    remedy: 'Send the batch again after `Retry-After`; exporters do so by themselves.',
    retry: 'later',
  },
  headers_too_large: {
    meaning: 'The address and headers together are larger than the server reads (16 KiB).',
    remedy: 'Send fewer or shorter headers, and long filters in parts.',
    retry: 'never',
  },
  internal_error: {
    meaning: 'Something is wrong with the service. Its log has the reason under the request id.',
    remedy: 'Report the request id to the operator.',
    retry: 'later',
  },
  starting: {
    meaning: 'The service has just been started and is not ready yet.',
    remedy: WAIT,
    retry: 'later',
  },
  stopping: {
    meaning: 'The service is going down, for example to be updated.',
    remedy: WAIT,
    retry: 'later',
  },
  database_unavailable: {
    meaning: "The database can't be reached, or is too busy to answer.",
    remedy: WAIT,
    retry: 'later',
  },
  answer_timeout: {
    meaning: 'The answer took longer than the server works on one.',
    remedy: 'Ask for a shorter period or fewer entries, or try again when there is less to do.',
    retry: 'later',
  },
  busy: {
    meaning: 'A part of the service has too much to do, such as making documents or live events.',
    remedy: WAIT,
    retry: 'later',
  },
  not_running: {
    meaning: 'The part of the service that answers this operation is not running.',
    remedy: 'Ask the operator; the log of the start says why.',
    retry: 'later',
  },
  client_gone: {
    meaning: 'The client closed the connection before the answer. Only logs show it.',
    remedy: 'Nothing, unless your client gives up too early: then raise its time-out.',
    retry: 'later',
  },
};
