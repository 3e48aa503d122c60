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

const NEW_TOKEN = 'Get a new token and send the request again; the SDK does both automatically.';
const WAIT = 'Wait for the seconds in `Retry-After`; the SDK does so automatically.';
const FIELDS = 'Correct the fields in `errors`: each entry has a location, a code and a message.';

export const errorTexts: Readonly<Record<ErrorCode, ErrorText>> = {
  invalid_parameter: {
    meaning: 'A path, query or header parameter is missing, unknown or invalid.',
    remedy: FIELDS,
    retry: 'never',
  },
  invalid_body: {
    meaning: 'The body could be parsed, but a field is missing, unknown or invalid.',
    remedy: FIELDS,
    retry: 'never',
  },
  malformed_body: {
    meaning:
      "The body couldn't be parsed: it is missing or incomplete, isn't valid JSON, protobuf or gzip, or isn't an OTLP request.",
    remedy: 'Send a body that matches `Content-Type`; `detail` says where parsing failed.',
    retry: 'never',
  },
  malformed_request: {
    meaning: "The request isn't valid HTTP, or contains a value that can't be processed.",
    remedy: 'Check the request line, the `Host` header and the encoding of the URL.',
    retry: 'never',
  },
  unknown_version: {
    meaning:
      "The header `CloudBrain-Version` isn't a date, or names an API version that this server doesn't support.",
    remedy: 'Send one of the versions in `detail` once, or omit the header to use the current one.',
    retry: 'never',
  },
  token_missing: {
    meaning: 'The operation requires a token or an API key, and the request has neither.',
    remedy: 'Send `Authorization: Bearer <token>`, or send a key as `x-api-key`.',
    retry: 'withToken',
  },
  token_malformed: {
    meaning: "The header `Authorization` doesn't have the form `Bearer <token>`.",
    remedy: 'Send `Authorization: Bearer <token>`.',
    retry: 'never',
  },
  token_invalid: {
    meaning: "The token wasn't signed by this server, or was modified.",
    remedy:
      "Check that the token comes from this server, and whether the server's secret was changed.",
    retry: 'withToken',
  },
  token_expired: {
    meaning: 'The token or the key has expired.',
    remedy: `${NEW_TOKEN} Replace an expired key.`,
    retry: 'withToken',
  },
  session_ended: {
    meaning:
      'The session of the token has ended: the user logged out, an admin ended it, or its account was disabled.',
    remedy: 'Log in again.',
    retry: 'withToken',
  },
  unknown_key: {
    meaning: "The key doesn't exist, has ended, or has been given another secret.",
    remedy: 'Check that the key was copied completely and belongs to this server.',
    retry: 'never',
  },
  minter_ended: {
    meaning:
      'The account or key that created this embed token no longer exists, or no longer has these permissions.',
    remedy: 'Create a new embed token with an account or key that has the permissions.',
    retry: 'withToken',
  },
  wrong_credentials: {
    meaning: "The email or the password is wrong; the response doesn't say which.",
    remedy: 'Check both. Repeated failures make further logins from the network wait.',
    retry: 'never',
  },
  refresh_token_invalid: {
    meaning: 'The refresh token is unknown, has expired, or has been used before.',
    remedy: 'Log in again. A refresh token works only once: store the new one from each response.',
    retry: 'never',
  },
  role_required: {
    meaning:
      'The token is valid, but its role is not allowed to do this; `requiredRoles` lists the roles that are.',
    remedy: 'Use a token with one of these roles, or ask an admin for the role.',
    retry: 'never',
  },
  caller_not_allowed: {
    meaning:
      'The operation is not available to this kind of caller: accounts, API keys, embed tokens and ingest keys can each call different operations.',
    remedy: 'Use the kind of token or key that `detail` names.',
    retry: 'never',
  },
  operator_only: {
    meaning: 'The operation is available only in the workspace that runs the installation.',
    remedy: "Use a token from the operator's workspace.",
    retry: 'never',
  },
  whole_workspace_only: {
    meaning:
      'The operation covers the whole workspace, but the token is restricted to some domains.',
    remedy: "Use a token that isn't restricted to domains.",
    retry: 'never',
  },
  read_only_token: {
    meaning: 'The operation changes data, but embed tokens are read-only.',
    remedy: 'Call the operation from your backend with an API key.',
    retry: 'never',
  },
  origin_refused: {
    meaning:
      "The page's origin is not registered with the server, or the embed token was created for other origins.",
    remedy: 'Add the origin to `CLOUDBRAIN_ORIGINS`, and to the `origins` of the embed token.',
    retry: 'never',
  },
  role_not_grantable: {
    meaning:
      'The caller is not allowed to grant this role; `requiredRoles` lists the roles that are.',
    remedy: 'Request another role, or use an account or key with one of these roles.',
    retry: 'never',
  },
  outlives_caller: {
    meaning:
      'The key or secret of the caller expires, and the key to create or rotate would outlive it.',
    remedy:
      "Set an `expiresAt` that isn't later than that of the caller, or use an account or another key.",
    retry: 'never',
  },
  domain_not_allowed: {
    meaning: 'The requested token covers a domain that the caller has no access to.',
    remedy: 'Omit the domain, or use an account or key that has access to it.',
    retry: 'never',
  },
  topic_not_allowed: {
    meaning: "The role of the token can't subscribe to the topic.",
    remedy: 'Omit the topic, or use a token with one of the roles in `requiredRoles`.',
    retry: 'never',
  },
  not_found: {
    meaning: "The resource doesn't exist, or the token has no access to it.",
    remedy: 'Check the id, and whether the token is restricted to other domains.',
    retry: 'never',
  },
  domain_not_found: {
    meaning: 'The domain has never sent any data, or the token has no access to it.',
    remedy:
      'Check its name; `GET /api/stats/domains` lists the domains that the token has access to.',
    retry: 'never',
  },
  unknown_path: {
    meaning: 'Nothing is served at this address.',
    remedy: 'Check the path; the reference at `/api/docs` lists all operations.',
    retry: 'never',
  },
  method_not_allowed: {
    meaning: "The path doesn't support this method; `Allow` lists the methods that it does.",
    remedy: 'Use one of these methods.',
    retry: 'never',
  },
  request_timeout: {
    meaning: 'The request did not arrive in time: its headers or its body took too long.',
    remedy: 'Send the whole request again.',
    retry: 'later',
  },
  ambiguous_workspace: {
    meaning: 'The email and password match accounts in several workspaces.',
    remedy: "Send `domain`: a domain of the workspace that you want, or the workspace's name.",
    retry: 'never',
  },
  ambiguous_conversation: {
    meaning: 'Several domains have a conversation with this id.',
    remedy: 'Send `domain`; `detail` lists the domains.',
    retry: 'never',
  },
  request_in_progress: {
    meaning: 'A request with the same `Idempotency-Key` is still in progress.',
    remedy: 'Send the request again a little later to get its response.',
    retry: 'later',
  },
  answer_lost: {
    meaning:
      "A request with the same `Idempotency-Key` was carried out before, but its response was stored under an earlier secret of the server and can't be read.",
    remedy:
      'The request took effect: read the result with a separate request instead of repeating this one.',
    retry: 'never',
  },
  cleanup_refused: {
    meaning: "The server's settings don't allow cleanup to delete anything.",
    remedy: 'Request a dry run, or change the setting that `detail` names.',
    retry: 'never',
  },
  key_not_rotatable: {
    meaning: 'The key has ended or expired, or its secret is set by `CLOUDBRAIN_INGEST_KEY`.',
    remedy: 'Create another key, or change the setting and restart the server.',
    retry: 'never',
  },
  too_many_keys: {
    meaning: 'The workspace has reached its limit of 1,000 valid keys.',
    remedy: 'End unused keys: `lastUsedAt` shows when each was last used.',
    retry: 'never',
  },
  body_too_large: {
    meaning: 'The body exceeds a limit on its size, nesting depth or number of values.',
    remedy:
      'Send it in parts; `detail` names the limit and, for telemetry, `errors` names the location.',
    retry: 'never',
  },
  unsupported_media_type: {
    meaning: "The operation doesn't accept this `Content-Type`.",
    remedy: 'Send one of the types in `detail`.',
    retry: 'never',
  },
  unsupported_encoding: {
    meaning: "The operation doesn't accept this `Content-Encoding`.",
    remedy: 'Send the body uncompressed; only telemetry can be compressed, with gzip.',
    retry: 'never',
  },
  unregistered_origin: {
    meaning: "An embed token was requested for an origin that isn't registered with the server.",
    remedy: 'Add the origins that `errors` names to `CLOUDBRAIN_ORIGINS`.',
    retry: 'never',
  },
  idempotency_key_reused: {
    meaning: 'The `Idempotency-Key` was already used for a different request.',
    remedy: 'Generate a new key for each request; reuse one only to repeat the same request.',
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
    meaning: 'The endpoint is a WebSocket, but the request is not a WebSocket handshake.',
    remedy: 'Connect with a WebSocket, or use the server-sent events at `/api/live`.',
    retry: 'never',
  },
  rate_limited: {
    meaning: 'The caller, or its network, sent too many requests within a minute.',
    remedy: WAIT,
    retry: 'later',
  },
  too_many_failed_logins: {
    meaning:
      'Too many logins to the account failed, from this network, from this device or in total.',
    remedy: 'Wait for the seconds in `Retry-After`. A known device is counted separately.',
    retry: 'later',
  },
  too_many_streams: {
    meaning: 'The caller, its network or the server has reached its limit of live streams.',
    remedy: 'Close unused streams, and share one per page.',
    retry: 'later',
  },
  overloaded: {
    meaning: 'More telemetry is queued than the server accepts at once.',
    remedy: 'Send the batch again after `Retry-After`; exporters do so automatically.',
    retry: 'later',
  },
  headers_too_large: {
    meaning: 'The URL and headers together exceed the limit of 16 KiB.',
    remedy: 'Send fewer or shorter headers, and split long filters into several requests.',
    retry: 'never',
  },
  internal_error: {
    meaning: "An internal error occurred. The service's log has the cause under the request id.",
    remedy: 'Report the request id to the operator.',
    retry: 'later',
  },
  starting: {
    meaning: 'The service has just started and is not ready yet.',
    remedy: WAIT,
    retry: 'later',
  },
  stopping: {
    meaning: 'The service is shutting down, for example to be updated.',
    remedy: WAIT,
    retry: 'later',
  },
  database_unavailable: {
    meaning: "The database can't be reached, or is too busy to answer.",
    remedy: WAIT,
    retry: 'later',
  },
  answer_timeout: {
    meaning: 'The response took longer than the server allows.',
    remedy: 'Request a shorter period or fewer entries, or try again when the server is less busy.',
    retry: 'later',
  },
  busy: {
    meaning:
      'A part of the service is overloaded, such as the one that renders documents or sends live events.',
    remedy: WAIT,
    retry: 'later',
  },
  not_running: {
    meaning: "The part of the service that handles this operation isn't running.",
    remedy: 'Ask the operator; the log from the start of the service says why.',
    retry: 'later',
  },
  client_gone: {
    meaning:
      'The client closed the connection before the response. This code appears only in logs.',
    remedy: 'Nothing. If your client gives up too early, increase its timeout.',
    retry: 'later',
  },
};
