/** Who uses the agents: daily, weekly, monthly, new, gone, and most. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { readFloors, type RetentionFloors } from '../../time/retention-floors.ts';
import { before, withData, type Period, type Span } from '../../time/period.ts';
import { changeBetween } from '../stats/change.ts';
import { ratio } from '../stats/figures.ts';
import { isAmong, type Domains } from '../../rollups/windows.ts';
import { activeUsers, usersIn, usersOf } from '../../rollups/users.ts';
import { time } from '../../database/batch-columns.ts';
import { DAY } from '../../time/zones.ts';
import { lackBefore, NO_BEFORE, Reasons, spansOf, type Part, type Question } from './part.ts';
import { ERASED } from '../../../model/erased.ts';

interface UserFigures {
  dau: number;
  wau: number;
  mau: number;
  active: number;
  new: number;
  churned: number | null;
  activeRate: number | null;
}

export interface UserMetrics extends UserFigures {
  change: Record<keyof UserFigures, number | null>;
}

/** Where the data begin that a figure of the period before is made of. */
function earliestOf(figure: string, period: Period): number {
  const earlier = before(period);
  // Who has left the period before is told by the one before that.
  if (figure === 'churned') return before(earlier).from;
  const days = isTrailing(figure) ? TRAILING[figure] : 0;
  return Math.min(earlier.from, period.from - days * DAY);
}

/** The days that end with a period, by the figure of those who were active in them. */
const TRAILING: Readonly<Record<'dau' | 'wau' | 'mau', number>> = { dau: 1, wau: 7, mau: 30 };

const isTrailing = (figure: string): figure is keyof typeof TRAILING =>
  Object.hasOwn(TRAILING, figure);

export async function userMetrics(ws: WorkspaceTx, question: Question): Promise<Part<UserMetrics>> {
  const { period, domains, now } = question;
  const floors = await readFloors(ws);
  const figures: UserFigures[] = [];
  for (const span of spansOf(question)) {
    figures.push(await figuresOf(ws, span, domains, now, floors));
  }
  const [current, previous = null] = figures as [UserFigures, UserFigures?];
  const lack = period.all ? NO_BEFORE : lackBefore(question, question.firstData);
  // Who was there before is not known, so nobody can be found to have left.
  if (lack !== null) current.churned = null;
  const reasons = new Reasons('userMetrics');
  reasons.say('churned', current.churned === null, lack ?? NO_BEFORE);
  reasons.say('activeRate', current.activeRate === null, 'No user has been seen.');
  const { change, unavailable } = changeBetween(
    current,
    previous,
    (figure) => lackBefore(question, question.firstData, earliestOf(figure, period)),
    'userMetrics.change',
  );
  return {
    value: { ...current, change },
    unavailable: [...reasons.told, ...unavailable],
  };
}

async function figuresOf(
  ws: WorkspaceTx,
  period: Period,
  domains: Domains,
  now: number,
  floors: RetentionFloors | null,
): Promise<UserFigures> {
  const { to } = period;
  const span = withData(period, now);
  const trailing = Object.values(TRAILING).map((days) => ({ from: to - days * DAY, to }));
  const active = await activeUsers(
    ws,
    trailing.map((days) => withData(days, now)),
    domains,
    floors,
  );
  const [dau = 0, wau = 0, mau = 0] = trailing.map((_, index) => active.get(index) ?? 0);
  const [users] = await usersOf(ws, [span], domains, floors);
  const earlier = withData(before(period), now);
  return {
    dau,
    wau,
    mau,
    active: users?.active ?? 0,
    new: users?.new ?? 0,
    churned: period.all ? null : await goneUsers(ws, earlier, span, domains, floors),
    activeRate: ratio(users?.active ?? 0, await seenUsers(ws, to, domains)),
  };
}

/** Users of the first span who are not in the second. */
async function goneUsers(
  ws: WorkspaceTx,
  before: Span,
  span: Span,
  domains: Domains,
  floors: RetentionFloors | null,
): Promise<number> {
  const query = usersIn(ws, [before, span], domains, floors);
  if (!query) return 0;
  const { rows } = await sql<{ users: number }>`
    select count(*) as users from (
      select user_id from (${query}) windows group by user_id having max(index) = 0
    ) gone`.execute(ws.tx);
  return rows[0]?.users ?? 0;
}

/** How many users had been seen by then. */
async function seenUsers(ws: WorkspaceTx, until: number, domains: Domains): Promise<number> {
  const { rows } = await sql<{ users: number }>`
    select count(distinct user_id) as users from users
    where ${ws.of()} and ${isAmong(domains)} and first_at < ${time(until)}`.execute(ws.tx);
  return rows[0]?.users ?? 0;
}

export interface TopUser {
  user: string;
  requests: number;
}

const TOP = 10;

/** The users with the most requests in the period. All who were erased are nobody together. */
export async function topUsers(
  ws: WorkspaceTx,
  { period, domains, now }: Question,
): Promise<Part<TopUser[]>> {
  const query = usersIn(ws, [withData(period, now)], domains, await readFloors(ws));
  if (!query) return { value: [], unavailable: [] };
  const { rows } = await sql<TopUser>`
    select user_id as user, sum(n)::bigint as requests from (${query}) windows
    where user_id <> ${ERASED} group by user_id order by requests desc, user_id limit ${TOP}`.execute(
    ws.tx,
  );
  return { value: rows, unavailable: [] };
}
