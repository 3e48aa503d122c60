import type { Source } from '../contract/source.ts';
import type { OperationId } from '../contract/types.ts';
import type { Placed } from './operation.ts';
import { bodyOf, filledPath, quoted, requiredQuery, valueOf } from './example-parts.ts';

/** Arguments of the command line, for each operation that has a command of its own. */
const commands: Partial<Record<OperationId, string>> = {
  'auth.login': 'login --email "$EMAIL" --password-stdin < password.txt',
  'auth.logout': 'logout',
  'auth.me': 'whoami',
  'keys.list': 'keys --state active',
  'keys.create': 'keys create portal --role viewer --domains app.example.com',
  'keys.rotate': 'keys rotate "$ID" --overlap-seconds 3600',
  'keys.end': 'keys end "$ID" --yes',
  'stats.overview': 'stats --timeframe 7d',
  'stats.timeline': 'stats timeline --timeframe 7d --granularity hour',
  'stats.domains': 'stats domains --timeframe 7d',
  'stats.models': 'stats models --timeframe 30d',
  'stats.compareModels': 'stats compare gpt-5 claude-sonnet-4-5',
  'stats.costs': 'stats costs --timeframe month --breakdown team',
  'stats.tokenHeatmap': 'stats heatmap --timeframe 30d --timezone Asia/Kolkata',
  'stats.errors': 'stats errors --timeframe 7d',
  'stats.users': 'stats users --sort cost',
  'stats.peaks': 'stats peaks --timeframe 30d --timezone Europe/Berlin',
  'stats.latency': 'stats latency --timeframe 7d',
  'stats.flow': 'stats flow --timeframe 7d',
  'executions.list': 'executions --status failed',
  'executions.get': 'executions get "$ID"',
  'admin.stats': 'admin stats --timezone Europe/Berlin',
  'admin.health': 'admin health',
  'admin.telemetry': 'admin telemetry --timeframe 7d',
  'admin.listSessions': 'admin sessions --active',
  'admin.listErrors': 'admin errors --severity critical --timeframe 24h',
  'admin.listErrorGroups': 'admin error-groups --timeframe 7d',
  'admin.getError': 'admin error "$ID"',
  'admin.durableObjects': 'admin durable-objects',
  'admin.resources': 'admin resources',
  'admin.security': 'admin security --timeframe 7d',
  'admin.listRefusals': 'admin refusals --by address --timeframe 7d',
  'admin.listSecurityEvents': 'admin security-events --kind token',
  'admin.listUnusualEvents': 'admin unusual --timeframe 30d',
  'admin.listAuditEntries': 'admin audit --action auth.login',
  'conversations.list': 'conversations --timeframe 7d --status ended',
  'conversations.search': 'conversations search refund',
  'conversations.exportMany': 'conversations export --format ndjson --tag vip',
  'conversations.get': 'conversations get "$ID"',
  'conversations.listMessages': 'conversations messages "$ID"',
  'conversations.export': 'conversations export "$ID" --format csv',
  'conversations.deleteMany': 'conversations delete "$ID" "$ANOTHER_ID" --yes',
  'users.erase': 'users erase ada@example.com --yes',
  'users.getErasure': 'users erasure "$ID"',
  'cleanup.status': 'cleanup',
  'cleanup.listActions': 'cleanup actions --run "$RUN"',
  'cleanup.run': 'cleanup run --dry-run',
  'cleanup.getRun': 'cleanup show "$ID"',
  'business.ingest': 'business import subscriptions.csv',
  'executive.overview': 'executive --timeframe 30d',
  'executive.export': 'executive export --format pdf --timeframe 30d --output executive.pdf',
  'live.socket': 'tail executions',
  'live.conversationsSocket': 'tail conversations',
};

/** The command that calls an operation: its own, or `cloudbrain api`. */
export function commandOf(source: Source, { method, path, operation }: Placed): string {
  const own = commands[operation.operationId];
  if (own !== undefined) return `cloudbrain ${own}`;
  const body = bodyOf(source, operation);
  return [
    `cloudbrain api ${method.toUpperCase()} "${filledPath(path)}"`,
    ...requiredQuery(source, operation).map((it) => `-q "${it.name}=${valueOf(source, it)}"`),
    ...(body === undefined ? [] : [`--data ${quoted(body)}`]),
  ].join(' \\\n  ');
}
