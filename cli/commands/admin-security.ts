import type { AdminSecurity, AuditEntry, AuditQuery } from '@cloudbrain/sdk';
import type { Command } from 'commander';
import type { Context, Runs } from '../context.ts';
import {
  defined,
  type Limits,
  pagesFor,
  type Period,
  periodOf,
  withLimit,
  withPeriod,
} from '../options.ts';
import { clean, jsonLine } from '../output/clean.ts';
import { count, time, timeIn } from '../output/format.ts';
import { type Column, type Page, pairs, section } from '../output/table.ts';
import { showParts } from './show.ts';

type AuditOptions = Period & Limits & Pick<AuditQuery, 'action' | 'actor'>;

/** Logins, keys and the audit log: `admin security`, `admin audit`. */
export function addSecurity(admin: Command, runs: Runs): void {
  withPeriod(admin.command('security'))
    .description('refused logins and tokens, the use of keys, and what is unusual')
    .action(runs(security));
  withLimit(withPeriod(admin.command('audit')))
    .description('the audit log, newest first')
    .option('--action <action>', 'only this action, such as auth.login')
    .option('--actor <id>', 'only what this account or key did')
    .action(runs(audit));
}

async function security(context: Context, options: Period): Promise<void> {
  const cb = await context.client();
  await showParts(context.output, await cb.admin.security(periodOf(options)), securityParts);
}

type Refusals = AdminSecurity['failedLogins'];
type Latest = AdminSecurity['latest'][number];
type Key = AdminSecurity['keys'][number];
type Unusual = AdminSecurity['unusual'][number];
type Subject = Latest['subject'];

const nameOf = (subject: Subject): string => subject?.name ?? '-';

const unusualColumns: readonly Column<Unusual>[] = [
  { title: 'at', value: ({ at }) => time(at) },
  { title: 'rule', value: ({ rule }) => rule, style: () => 'yellow' },
  { title: 'account or key', value: ({ subject }) => nameOf(subject), cut: true },
  { title: 'address', value: ({ address }) => address ?? '-', leaveOut: 1 },
  { title: 'detail', value: ({ detail }) => detail, cut: true },
];

const latestColumns: readonly Column<Latest>[] = [
  { title: 'at', value: ({ at }) => time(at) },
  { title: 'refused', value: ({ kind }) => kind },
  { title: 'reason', value: ({ reason }) => reason, cut: true },
  { title: 'account or key', value: ({ subject }) => nameOf(subject), cut: true },
  { title: 'address', value: ({ address }) => address ?? '-', leaveOut: 1 },
  { title: 'times', value: (it) => count(it.count), right: true },
];

const keyColumns: readonly Column<Key>[] = [
  { title: 'key', value: ({ name }) => name, cut: true },
  { title: 'kind', value: ({ kind }) => kind },
  { title: 'role', value: ({ role }) => role ?? '-', leaveOut: 2 },
  { title: 'domains', value: domainsOf, cut: true, leaveOut: 3 },
  { title: 'last used', value: ({ lastUsedAt }) => (lastUsedAt ? time(lastUsedAt) : 'never') },
  { title: 'from', value: ({ lastAddress }) => lastAddress ?? '-', leaveOut: 1 },
  { title: 'id', value: ({ id }) => id, leaveOut: 4 },
];

function domainsOf({ domains, domain }: Key): string {
  return domains?.join(', ') ?? domain ?? 'all';
}

function securityParts(it: AdminSecurity, page: Page): string[] {
  const { period, failedLogins, refusedTokens } = it;
  const at = (moment: string): string => timeIn(moment, period.timezone);
  const head = `${at(period.from)} to ${at(period.to)}, ${clean(period.timezone)}`;
  const counts = pairs([
    ['failed logins', refusalsText(failedLogins)],
    ['refused tokens', refusalsText(refusedTokens)],
  ]);
  return [
    `${page.paint('bold', head)}\n${counts}`,
    ...section('Unusual', unusualColumns, it.unusual, page),
    ...section('Latest refusals', latestColumns, it.latest, page),
    ...section('Keys', keyColumns, it.keys, page),
    ...(it.keysTruncated ? [`There are more than these ${count(it.keys.length)} keys.`] : []),
  ];
}

/** `7: password 6, unknown_account 1` */
function refusalsText({ total, byReason }: Refusals): string {
  const parts = byReason.map(({ name, count: times }) => `${name} ${count(times)}`);
  return parts.length > 0 ? `${count(total)}: ${parts.join(', ')}` : count(total);
}

async function audit(context: Context, options: AuditOptions): Promise<void> {
  const cb = await context.client();
  const { limit, pageSize } = pagesFor(options);
  const { action, actor } = options;
  const query = { ...periodOf(options), ...defined({ action, actor }) };
  const first = cb.admin.listAuditEntries({ ...query, limit: pageSize });
  const empty = 'No entries found.';
  await context.output.list(first, { columns: auditColumns, limit, empty });
}

function detailsOf({ details }: AuditEntry): string {
  return Object.keys(details).length > 0 ? jsonLine(details) : '';
}

const auditColumns: readonly Column<AuditEntry>[] = [
  { title: 'at', value: ({ at }) => time(at) },
  { title: 'action', value: ({ action }) => action },
  { title: 'kind', value: ({ actor }) => actor.kind, leaveOut: 2 },
  { title: 'by', value: ({ actor }) => actor.name, cut: true },
  { title: 'target', value: ({ target }) => target ?? '-', cut: true },
  { title: 'address', value: ({ ip }) => ip ?? '-', leaveOut: 1 },
  { title: 'details', value: detailsOf, cut: true, leaveOut: 3 },
];
