import type {
  AdminSecurity,
  RefusalCount,
  RefusalsQuery,
  SecurityEvent,
  UnusualEvent,
} from '@cloudbrain/sdk';
import { type Command, Option } from 'commander';
import type { Context, Runs } from '../context.ts';
import { choices } from '../generated/contract.ts';
import {
  defined,
  type Limits,
  pagesFor,
  type Period,
  periodOf,
  withLimit,
  withPeriod,
} from '../options.ts';
import { clean } from '../output/clean.ts';
import { count, time, timeIn } from '../output/format.ts';
import { type Column, type Page, pairs, section } from '../output/table.ts';
import { showPages, showParts } from './show.ts';

type EventsOptions = Period & Limits & Pick<RefusalsQuery, 'kind'>;

/** Logins and keys: `admin security`, `admin refusals`, `admin security-events`, `admin unusual`. */
export function addSecurity(admin: Command, runs: Runs): void {
  withPeriod(admin.command('security'))
    .description('refused logins and tokens, key usage and unusual activity')
    .action(runs(security));
  withRefusals(withLimit(withPeriod(admin.command('refusals'))))
    .description('refused logins and tokens, counted')
    .addOption(
      new Option('--by <what>', 'what to count them by; reason by default').choices(
        choices['admin.listRefusals'].by,
      ),
    )
    .action(runs(refusals));
  withRefusals(withLimit(withPeriod(admin.command('security-events'))))
    .description('refused logins and tokens, latest first')
    .action(runs(events));
  withLimit(withPeriod(admin.command('unusual')))
    .description('unusual logins and token usage, latest first')
    .action(runs(unusual));
}

const withRefusals = (command: Command): Command =>
  command.addOption(
    new Option('--kind <kind>', 'only refusals of this kind').choices(
      choices['admin.listRefusals'].kind,
    ),
  );

async function security(context: Context, options: Period): Promise<void> {
  const cb = await context.client();
  await showParts(context.output, await cb.admin.security(periodOf(options)), securityParts);
}

type Refusals = AdminSecurity['failedLogins'];
type Key = AdminSecurity['keys'][number];
type Subject = SecurityEvent['subject'];

const nameOf = (subject: Subject): string => subject?.name ?? '-';

const unusualColumns: readonly Column<UnusualEvent>[] = [
  { title: 'at', value: ({ at }) => time(at) },
  { title: 'rule', value: ({ rule }) => rule, style: () => 'yellow' },
  { title: 'account or key', value: ({ subject }) => nameOf(subject), cut: true },
  { title: 'address', value: ({ address }) => address ?? '-', leaveOut: 1 },
  { title: 'detail', value: ({ detail }) => detail, cut: true },
];

const eventColumns: readonly Column<SecurityEvent>[] = [
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
    ...section('Latest refusals', eventColumns, it.latest, page),
    ...section('Keys', keyColumns, it.keys, page),
    ...(it.keysTruncated ? [`Only the first ${count(it.keys.length)} keys are shown.`] : []),
  ];
}

/** `7: password 6, unknown_account 1` */
function refusalsText({ total, byReason }: Refusals): string {
  const parts = byReason.map(({ name, count: times }) => `${name} ${count(times)}`);
  return parts.length > 0 ? `${count(total)}: ${parts.join(', ')}` : count(total);
}

async function refusals(
  context: Context,
  options: EventsOptions & Pick<RefusalsQuery, 'by'>,
): Promise<void> {
  const cb = await context.client();
  const { kind, by = 'reason' } = options;
  const query = { ...periodOf(options), ...defined({ kind }), by };
  const columns: Column<RefusalCount>[] = [
    { title: 'times', value: (it) => count(it.count), right: true },
    {
      title: by === 'subject' ? 'account or key' : by,
      value: ({ name, subject }) => name ?? nameOf(subject),
      cut: true,
    },
    { title: 'latest', value: ({ lastAt }) => time(lastAt) },
  ];
  await showPages(context.output, (page) => cb.admin.listRefusals({ ...query, ...page }), {
    limit: pagesFor(options).limit,
    columns,
    rowsOf: ({ data }) => data,
  });
}

async function events(context: Context, options: EventsOptions): Promise<void> {
  const cb = await context.client();
  const { limit, pageSize } = pagesFor(options);
  const query = { ...periodOf(options), ...defined({ kind: options.kind }) };
  const first = cb.admin.listSecurityEvents({ ...query, limit: pageSize });
  await context.output.list(first, { columns: eventColumns, limit, empty: 'No refusals found.' });
}

async function unusual(context: Context, options: Period & Limits): Promise<void> {
  const cb = await context.client();
  const query = periodOf(options);
  await showPages(context.output, (page) => cb.admin.listUnusualEvents({ ...query, ...page }), {
    limit: pagesFor(options).limit,
    columns: unusualColumns,
    rowsOf: ({ data }) => data,
  });
}
