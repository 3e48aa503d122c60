import type { AuditEntry, AuditQuery } from '@cloudbrain/sdk';
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
import { jsonLine } from '../output/clean.ts';
import { time } from '../output/format.ts';
import type { Column } from '../output/table.ts';

type AuditOptions = Period & Limits & Pick<AuditQuery, 'action' | 'actor'>;

/** The audit log: `admin audit`. */
export function addAudit(admin: Command, runs: Runs): void {
  withLimit(withPeriod(admin.command('audit')))
    .description('the audit log, newest first')
    .option('--action <action>', 'only this action, such as auth.login')
    .option('--actor <id>', 'only what this account or key did')
    .action(runs(audit));
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
