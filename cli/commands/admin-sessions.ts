import type { CliSession, CliSessionsQuery } from '@cloudbrain/sdk';
import { type Command, Option } from 'commander';
import type { Context, Runs } from '../context.ts';
import { choices } from '../generated/contract.ts';
import {
  defined,
  type DomainOptions,
  type Limits,
  pagesFor,
  type Period,
  periodOf,
  withDomain,
  withLimit,
  withPeriod,
} from '../options.ts';
import { count, duration, time } from '../output/format.ts';
import type { Column } from '../output/table.ts';

type SessionsOptions = Period &
  DomainOptions &
  Limits &
  Pick<CliSessionsQuery, 'state' | 'client' | 'user'> & { active?: true; inactive?: true };

/** Sessions of coding agents: `admin sessions`. */
export function addSessions(admin: Command, runs: Runs): void {
  const { state, client } = choices['admin.listSessions'];
  withLimit(withDomain(withPeriod(admin.command('sessions'))))
    .description('sessions of coding agents, newest first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(state))
    .addOption(new Option('--client <client>', 'only those of this client').choices(client))
    .option('--user <user>', 'only those of this user')
    .addOption(
      new Option('--active', 'only those with an event in the last 5 minutes').conflicts(
        'inactive',
      ),
    )
    .option('--inactive', 'only the others')
    .action(runs(sessions));
}

async function sessions(context: Context, options: SessionsOptions): Promise<void> {
  const cb = await context.client();
  const { limit, pageSize } = pagesFor(options);
  const { state, client, user, inactive } = options;
  const active = options.active ?? (inactive ? false : undefined);
  const query = { ...periodOf(options), ...defined({ state, client, user, active }) };
  const first = cb.admin.listSessions({ ...query, limit: pageSize });
  await context.output.list(first, { columns, limit, empty: 'No sessions found.' });
}

const columns: readonly Column<CliSession>[] = [
  { title: 'started', value: ({ startedAt }) => time(startedAt) },
  { title: 'state', value: ({ state }) => state },
  { title: 'client', value: ({ client, version }) => [client, version].filter(Boolean).join(' ') },
  { title: 'user', value: ({ user }) => user ?? '-', cut: true, leaveOut: 4 },
  { title: 'domain', value: ({ domain }) => domain, cut: true, leaveOut: 5 },
  { title: 'turns', value: ({ turns }) => count(turns), right: true, leaveOut: 2 },
  { title: 'requests', value: ({ requests }) => count(requests), right: true, leaveOut: 3 },
  { title: 'took', value: ({ durationMs }) => duration(durationMs), right: true, leaveOut: 1 },
  { title: 'session', value: ({ sessionId }) => sessionId, cut: true },
];
