/** What the command line needs of openapi.yaml; written by `npm run generate`. */

/** Every operation by its id. */
export const operations = {
  "auth.login": {
    "method": "POST",
    "path": "/api/auth/login",
    "summary": "Start a session with an email and a password"
  },
  "auth.refresh": {
    "method": "POST",
    "path": "/api/auth/refresh",
    "summary": "Exchange a refresh token for a new session"
  },
  "auth.logout": {
    "method": "POST",
    "path": "/api/auth/logout",
    "summary": "End the session that a refresh token belongs to"
  },
  "auth.me": {
    "method": "GET",
    "path": "/api/auth/me",
    "summary": "The caller, its role and its domains"
  },
  "auth.createEmbedToken": {
    "method": "POST",
    "path": "/api/auth/embed-tokens",
    "summary": "Create a short-lived, read-only token for a page"
  },
  "keys.list": {
    "method": "GET",
    "path": "/api/keys",
    "summary": "The workspace's keys, newest first"
  },
  "keys.create": {
    "method": "POST",
    "path": "/api/keys",
    "summary": "Create a key"
  },
  "keys.get": {
    "method": "GET",
    "path": "/api/keys/{id}",
    "summary": "One key"
  },
  "keys.end": {
    "method": "DELETE",
    "path": "/api/keys/{id}",
    "summary": "End a key"
  },
  "keys.rotate": {
    "method": "POST",
    "path": "/api/keys/{id}/rotate",
    "summary": "Replace the secret of a key"
  },
  "batch.run": {
    "method": "POST",
    "path": "/api/batch",
    "summary": "Send many reads in one request"
  },
  "stats.overview": {
    "method": "GET",
    "path": "/api/stats/overview",
    "summary": "Figures of a period, with their change against the period before"
  },
  "stats.timeline": {
    "method": "GET",
    "path": "/api/stats/timeline",
    "summary": "Figures of a period over time"
  },
  "stats.domains": {
    "method": "GET",
    "path": "/api/stats/domains",
    "summary": "Domains, the busiest first"
  },
  "stats.domain": {
    "method": "GET",
    "path": "/api/stats/domains/{domain}",
    "summary": "One domain in detail"
  },
  "stats.models": {
    "method": "GET",
    "path": "/api/stats/models",
    "summary": "Models, the most used first"
  },
  "stats.compareModels": {
    "method": "GET",
    "path": "/api/stats/models/compare",
    "summary": "Some models side by side"
  },
  "stats.costs": {
    "method": "GET",
    "path": "/api/stats/costs",
    "summary": "Costs of a period, broken down"
  },
  "stats.tokenHeatmap": {
    "method": "GET",
    "path": "/api/stats/tokens/heatmap",
    "summary": "Tokens by hour of the week"
  },
  "stats.errors": {
    "method": "GET",
    "path": "/api/stats/errors",
    "summary": "Errors by type, over time"
  },
  "stats.users": {
    "method": "GET",
    "path": "/api/stats/users",
    "summary": "Users of a period"
  },
  "stats.peaks": {
    "method": "GET",
    "path": "/api/stats/peaks",
    "summary": "When usage peaks"
  },
  "stats.latency": {
    "method": "GET",
    "path": "/api/stats/latency",
    "summary": "Latency by model, and over time"
  },
  "stats.flow": {
    "method": "GET",
    "path": "/api/stats/flow",
    "summary": "Calls between agents, models and tools"
  },
  "executions.list": {
    "method": "GET",
    "path": "/api/executions",
    "summary": "Executions, newest first"
  },
  "executions.get": {
    "method": "GET",
    "path": "/api/executions/{id}",
    "summary": "One execution with its task and steps"
  },
  "admin.stats": {
    "method": "GET",
    "path": "/api/admin/dashboard/stats",
    "summary": "Key figures of the dashboard"
  },
  "admin.health": {
    "method": "GET",
    "path": "/api/admin/dashboard/health",
    "summary": "Health of every part of the installation"
  },
  "admin.telemetry": {
    "method": "GET",
    "path": "/api/admin/dashboard/telemetry",
    "summary": "How command-line sessions move from state to state"
  },
  "admin.listSessions": {
    "method": "GET",
    "path": "/api/admin/sessions",
    "summary": "Command-line sessions, newest first"
  },
  "admin.listErrors": {
    "method": "GET",
    "path": "/api/admin/errors",
    "summary": "Errors, newest first"
  },
  "admin.listErrorGroups": {
    "method": "GET",
    "path": "/api/admin/errors/groups",
    "summary": "Errors by type and message, the most frequent first"
  },
  "admin.getError": {
    "method": "GET",
    "path": "/api/admin/errors/{id}",
    "summary": "One error with its stack"
  },
  "admin.durableObjects": {
    "method": "GET",
    "path": "/api/admin/durable-objects",
    "summary": "Cloudflare's Durable Objects, by namespace"
  },
  "admin.resources": {
    "method": "GET",
    "path": "/api/admin/resources",
    "summary": "Resources that the installation uses"
  },
  "admin.security": {
    "method": "GET",
    "path": "/api/admin/security",
    "summary": "Refused logins and tokens, the use of keys, and unusual events"
  },
  "admin.listRefusals": {
    "method": "GET",
    "path": "/api/admin/security/refusals",
    "summary": "Refused logins and tokens by reason, account or address, the most frequent first"
  },
  "admin.listSecurityEvents": {
    "method": "GET",
    "path": "/api/admin/security/events",
    "summary": "Refused logins and tokens, the latest minute first"
  },
  "admin.listUnusualEvents": {
    "method": "GET",
    "path": "/api/admin/security/unusual",
    "summary": "Unusual logins and uses of tokens, the latest first"
  },
  "admin.listAuditEntries": {
    "method": "GET",
    "path": "/api/admin/audit",
    "summary": "The audit log, newest first"
  },
  "conversations.list": {
    "method": "GET",
    "path": "/api/conversations",
    "summary": "Conversations of a period"
  },
  "conversations.search": {
    "method": "GET",
    "path": "/api/conversations/search",
    "summary": "Search across all messages, latest first"
  },
  "conversations.exportMany": {
    "method": "POST",
    "path": "/api/conversations/export",
    "summary": "Export many conversations with their messages"
  },
  "conversations.deleteMany": {
    "method": "POST",
    "path": "/api/conversations/delete",
    "summary": "Delete many conversations"
  },
  "conversations.get": {
    "method": "GET",
    "path": "/api/conversations/{id}",
    "summary": "One conversation, with its branches and quality"
  },
  "conversations.delete": {
    "method": "DELETE",
    "path": "/api/conversations/{id}",
    "summary": "Delete a conversation"
  },
  "conversations.listMessages": {
    "method": "GET",
    "path": "/api/conversations/{id}/messages",
    "summary": "The messages of a conversation"
  },
  "conversations.stream": {
    "method": "GET",
    "path": "/api/conversations/{id}/stream",
    "summary": "Follow a conversation, as server-sent events"
  },
  "conversations.export": {
    "method": "GET",
    "path": "/api/conversations/{id}/export",
    "summary": "Export a conversation with its messages"
  },
  "conversations.setTags": {
    "method": "PUT",
    "path": "/api/conversations/{id}/tags",
    "summary": "Set the tags of a conversation"
  },
  "conversations.addFavorite": {
    "method": "PUT",
    "path": "/api/conversations/{id}/favorite",
    "summary": "Add a conversation to the account's favourites"
  },
  "conversations.removeFavorite": {
    "method": "DELETE",
    "path": "/api/conversations/{id}/favorite",
    "summary": "Remove a conversation from the account's favourites"
  },
  "users.erase": {
    "method": "DELETE",
    "path": "/api/users/{id}",
    "summary": "Erase a user"
  },
  "users.getErasure": {
    "method": "GET",
    "path": "/api/users/erasures/{id}",
    "summary": "Progress of an erasure"
  },
  "cleanup.status": {
    "method": "GET",
    "path": "/api/cleanup",
    "summary": "Settings and last run of cleanup"
  },
  "cleanup.listActions": {
    "method": "GET",
    "path": "/api/cleanup/actions",
    "summary": "Deletions by cleanup, newest first"
  },
  "cleanup.run": {
    "method": "POST",
    "path": "/api/cleanup/runs",
    "summary": "Start a cleanup run"
  },
  "cleanup.getRun": {
    "method": "GET",
    "path": "/api/cleanup/runs/{id}",
    "summary": "One cleanup run"
  },
  "business.ingest": {
    "method": "POST",
    "path": "/api/ingest/business",
    "summary": "Send business data"
  },
  "executive.overview": {
    "method": "GET",
    "path": "/api/executive/overview",
    "summary": "Users, executions, agents and money of a period at a glance"
  },
  "executive.export": {
    "method": "GET",
    "path": "/api/executive/export",
    "summary": "The executive overview as a file"
  },
  "live.stream": {
    "method": "GET",
    "path": "/api/live",
    "summary": "Live events, as server-sent events"
  },
  "live.socket": {
    "method": "GET",
    "path": "/api/ws/metrics",
    "summary": "Live events, over a WebSocket"
  },
  "live.conversationsSocket": {
    "method": "GET",
    "path": "/api/ws/conversations",
    "summary": "Live events of conversations, over a WebSocket"
  },
  "health.get": {
    "method": "GET",
    "path": "/api/health",
    "summary": "Whether the service is ready for requests"
  },
  "health.live": {
    "method": "GET",
    "path": "/api/health/live",
    "summary": "Whether the process responds"
  },
  "otlp.traces": {
    "method": "POST",
    "path": "/v1/traces",
    "summary": "Send spans"
  },
  "otlp.logs": {
    "method": "POST",
    "path": "/v1/logs",
    "summary": "Send log records"
  },
  "otlp.metrics": {
    "method": "POST",
    "path": "/v1/metrics",
    "summary": "Send metrics"
  },
  "health.metrics": {
    "method": "GET",
    "path": "/metrics",
    "summary": "Prometheus metrics"
  }
} as const;

/** The values of query parameters, by operation. */
export const choices = {
  "keys.list": {
    "state": [
      "active",
      "expired",
      "ended"
    ]
  },
  "stats.overview": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ]
  },
  "stats.timeline": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "granularity": [
      "hour",
      "day",
      "week",
      "month"
    ]
  },
  "stats.domains": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ]
  },
  "stats.domain": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "granularity": [
      "hour",
      "day",
      "week",
      "month"
    ]
  },
  "stats.models": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ]
  },
  "stats.compareModels": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ]
  },
  "stats.costs": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "breakdown": [
      "model",
      "domain",
      "user",
      "agent",
      "team"
    ]
  },
  "stats.tokenHeatmap": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ]
  },
  "stats.errors": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "granularity": [
      "hour",
      "day",
      "week",
      "month"
    ]
  },
  "stats.users": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "sort": [
      "requests",
      "errors",
      "tokens",
      "cost",
      "first_seen",
      "last_seen"
    ]
  },
  "stats.peaks": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ]
  },
  "stats.latency": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "granularity": [
      "hour",
      "day",
      "week",
      "month"
    ]
  },
  "stats.flow": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "kind": [
      "model",
      "tool",
      "agent"
    ]
  },
  "executions.list": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "status": [
      "running",
      "completed",
      "failed",
      "abandoned"
    ]
  },
  "admin.telemetry": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ]
  },
  "admin.listSessions": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "state": [
      "IDLE",
      "AUTH",
      "CONTEXT",
      "API",
      "TOOL",
      "ERROR_RECOVERY",
      "ABORTED",
      "DONE"
    ],
    "client": [
      "claude-code",
      "codex",
      "gemini"
    ]
  },
  "admin.listErrors": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "severity": [
      "warning",
      "error",
      "critical"
    ]
  },
  "admin.listErrorGroups": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "severity": [
      "warning",
      "error",
      "critical"
    ]
  },
  "admin.security": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ]
  },
  "admin.listRefusals": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "kind": [
      "login",
      "token"
    ],
    "by": [
      "reason",
      "subject",
      "address"
    ]
  },
  "admin.listSecurityEvents": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "kind": [
      "login",
      "token"
    ]
  },
  "admin.listUnusualEvents": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ]
  },
  "admin.listAuditEntries": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ]
  },
  "conversations.list": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ],
    "status": [
      "active",
      "ended"
    ],
    "sort": [
      "last_message",
      "started",
      "requests",
      "tokens",
      "cost"
    ],
    "order": [
      "asc",
      "desc"
    ]
  },
  "conversations.search": {
    "timeframe": [
      "today",
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "month",
      "last-month",
      "90d",
      "all"
    ]
  },
  "conversations.listMessages": {
    "order": [
      "asc",
      "desc"
    ]
  },
  "conversations.export": {
    "format": [
      "json",
      "ndjson",
      "csv"
    ]
  },
  "cleanup.listActions": {
    "type": [
      "preview_bundle",
      "temp_dir",
      "object",
      "log"
    ]
  },
  "executive.overview": {
    "timeframe": [
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "last-month",
      "90d",
      "all"
    ]
  },
  "executive.export": {
    "format": [
      "csv",
      "pdf"
    ],
    "timeframe": [
      "yesterday",
      "24h",
      "7d",
      "last-week",
      "30d",
      "last-month",
      "90d",
      "all"
    ]
  }
} as const;

/** The values of schemas that list some. */
export const enums = {
  "ErrorCode": [
    "invalid_parameter",
    "invalid_body",
    "malformed_body",
    "malformed_request",
    "unknown_version",
    "token_missing",
    "token_malformed",
    "token_invalid",
    "token_expired",
    "session_ended",
    "unknown_key",
    "minter_ended",
    "wrong_credentials",
    "refresh_token_invalid",
    "role_required",
    "caller_not_allowed",
    "operator_only",
    "whole_workspace_only",
    "read_only_token",
    "origin_refused",
    "role_not_grantable",
    "outlives_caller",
    "domain_not_allowed",
    "topic_not_allowed",
    "not_found",
    "domain_not_found",
    "unknown_path",
    "method_not_allowed",
    "request_timeout",
    "ambiguous_workspace",
    "ambiguous_conversation",
    "request_in_progress",
    "answer_lost",
    "cleanup_refused",
    "key_not_rotatable",
    "too_many_keys",
    "body_too_large",
    "unsupported_media_type",
    "unsupported_encoding",
    "unregistered_origin",
    "idempotency_key_reused",
    "answer_too_large",
    "not_drawable",
    "upgrade_required",
    "rate_limited",
    "too_many_failed_logins",
    "too_many_streams",
    "overloaded",
    "headers_too_large",
    "internal_error",
    "starting",
    "stopping",
    "database_unavailable",
    "answer_timeout",
    "busy",
    "not_running",
    "client_gone"
  ],
  "FieldErrorCode": [
    "required",
    "unknown_parameter",
    "unknown_field",
    "repeated",
    "wrong_type",
    "not_one_of",
    "too_small",
    "too_large",
    "too_short",
    "too_long",
    "too_few",
    "too_many",
    "duplicate",
    "wrong_format",
    "invalid_text",
    "invalid_cursor",
    "unknown_time_zone",
    "out_of_range",
    "wrong_order",
    "not_together",
    "not_registered",
    "already_used",
    "malformed",
    "over_limit",
    "invalid"
  ],
  "Role": [
    "admin",
    "viewer",
    "support",
    "developer",
    "sysops",
    "executive"
  ],
  "Timeframe": [
    "today",
    "yesterday",
    "24h",
    "7d",
    "last-week",
    "30d",
    "month",
    "last-month",
    "90d",
    "all"
  ],
  "Granularity": [
    "hour",
    "day",
    "week",
    "month"
  ],
  "Topic": [
    "executions",
    "stats",
    "conversations",
    "cleanup",
    "sessions",
    "errors",
    "executive"
  ],
  "Order": [
    "asc",
    "desc"
  ],
  "KeyKind": [
    "ingest",
    "api"
  ],
  "KeyState": [
    "active",
    "expired",
    "ended"
  ],
  "AnomalyDirection": [
    "high",
    "low"
  ],
  "CostBreakdown": [
    "model",
    "domain",
    "user",
    "agent",
    "team"
  ],
  "FlowLinkKind": [
    "model",
    "tool",
    "agent"
  ],
  "ExecutionStatus": [
    "running",
    "completed",
    "failed",
    "abandoned"
  ],
  "Severity": [
    "warning",
    "error",
    "critical"
  ],
  "CliState": [
    "IDLE",
    "AUTH",
    "CONTEXT",
    "API",
    "TOOL",
    "ERROR_RECOVERY",
    "ABORTED",
    "DONE"
  ],
  "CliClient": [
    "claude-code",
    "codex",
    "gemini"
  ],
  "RefusalKind": [
    "login",
    "token"
  ],
  "RefusalBreakdown": [
    "reason",
    "subject",
    "address"
  ],
  "ConversationStatus": [
    "active",
    "ended"
  ],
  "ConversationExportFormat": [
    "json",
    "ndjson",
    "csv"
  ],
  "CleanupActionType": [
    "preview_bundle",
    "temp_dir",
    "object",
    "log"
  ],
  "ExecutiveTimeframe": [
    "yesterday",
    "24h",
    "7d",
    "last-week",
    "30d",
    "last-month",
    "90d",
    "all"
  ],
  "ExecutiveExportFormat": [
    "csv",
    "pdf"
  ]
} as const;
