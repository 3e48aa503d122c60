/** Brings the sessions of command lines in line with what the touched scopes tell now. */
import { sql, type Selectable } from 'kysely';
import { cliSessionOf } from '../to-contract/cli-session.ts';
import type { WorkspaceTx } from '../database/database.ts';
import type { NewEvent } from '../outbox.ts';
import type { SessionRecord } from '../../model/session.ts';
import { addTo, countColumn, domainKey, slotKeys, type Rollup } from '../rollups/rollups.ts';
import type {
  CliSessionTable,
  CliTransitionTable,
  SessionSumTable,
} from '../database/schema/admin.ts';
import {
  namesOf,
  overwrite,
  time,
  timeOrNull,
  unnest,
  type Column,
} from '../database/batch-columns.ts';
import { uuidv7 } from '../database/uuid.ts';
import { cleanJson, cleanName, UNKNOWN } from '../database/clean.ts';
import type { Sign } from '../rollups/usage-sums.ts';
import { Counts, type Count } from '../rollups/grains.ts';
import { digestOf } from './requests.ts';

/** A session that a scope tells of. */
export interface DerivedSession {
  scope: string;
  record: SessionRecord;
}

type SessionRow = Selectable<CliSessionTable>;
type TransitionRow = Omit<Selectable<CliTransitionTable>, 'workspace_id'>;

interface Change {
  before: SessionRow | null;
  /** `null`: there is no such session any more. */
  after: SessionRow | null;
  transitions: TransitionRow[];
}

/** Transitions that a list shows of each session. */
const RECENT = 10;

/** Scopes that are sessions begin so; all others can't have had one. */
const SESSION_SCOPE = /^(?:claude-code|codex|gemini):/;

/** @param known scopes of which there may be rows */
export async function updateSessions(
  ws: WorkspaceTx,
  derived: readonly DerivedSession[],
  known: readonly string[],
): Promise<NewEvent[]> {
  const stored = await load(
    ws,
    known.filter((scope) => SESSION_SCOPE.test(scope)),
  );
  const changes = compare(stored, derived);
  if (changes.length === 0) return [];
  const counts = new Counts<SumOf>();
  const moved = await replaceTransitions(ws, changes, counts);
  for (const { before, after } of changes) {
    if (before) count(counts, before, -1);
    if (after) count(counts, after, 1);
  }
  await save(ws, changes);
  await insertTransitions(ws, moved);
  await addTo(ws, sums, counts.rows.values());
  return changes.flatMap(eventsOf);
}

async function load(ws: WorkspaceTx, scopes: readonly string[]): Promise<SessionRow[]> {
  if (scopes.length === 0) return [];
  const { rows } = await sql<SessionRow>`
    select * from cli_sessions where ${ws.of()} and scope = any(${scopes}::text[])`.execute(ws.tx);
  return rows;
}

function compare(stored: readonly SessionRow[], derived: readonly DerivedSession[]): Change[] {
  const left = new Map(stored.map((row) => [row.key, row]));
  const changes: Change[] = [];
  for (const { scope, record } of derived) {
    const before = left.get(cleanName(record.key)) ?? null;
    const after = rowOf(record, scope, before?.id ?? uuidv7());
    left.delete(after.key);
    if (before?.digest === after.digest && before.scope === scope) continue;
    changes.push({ before, after, transitions: transitionsOf(record, after) });
  }
  for (const before of left.values()) changes.push({ before, after: null, transitions: [] });
  return changes;
}

function rowOf(record: SessionRecord, scope: string, id: string): SessionRow {
  const { transitions } = record;
  const row = {
    key: cleanName(record.key),
    family: record.family,
    version: record.version === null ? null : cleanName(record.version),
    domain: cleanName(record.domain) || UNKNOWN,
    user_id: record.user === null ? null : cleanName(record.user),
    state: record.state,
    reached: [...new Set(transitions.map(({ to }) => to))],
    started_at: new Date(Math.trunc(record.startedAt)),
    last_event_at: new Date(Math.trunc(record.lastEventAt)),
    turns: record.turns,
    requests: record.requests,
    transitions: transitions.length,
    recent: transitions.slice(-RECENT),
    due_at: record.dueAt === null ? null : new Date(Math.trunc(record.dueAt)),
  };
  return { workspace_id: '', id, scope, digest: digestOf([row, transitions]), ...row };
}

const transitionsOf = ({ transitions }: SessionRecord, session: SessionRow): TransitionRow[] =>
  transitions.map(({ at, from, to, event }, place) => ({
    session_id: session.id,
    place,
    at: new Date(Math.trunc(at)),
    domain: session.domain,
    from_state: from,
    to_state: to,
    event: event === null ? null : cleanName(event),
  }));

const isSame = (a: TransitionRow, b: TransitionRow): boolean =>
  a.at.getTime() === b.at.getTime() &&
  a.domain === b.domain &&
  a.from_state === b.from_state &&
  a.to_state === b.to_state &&
  a.event === b.event;

/** Most sessions only go on: what has not changed stays. @returns what is to be inserted */
async function replaceTransitions(
  ws: WorkspaceTx,
  changes: readonly Change[],
  counts: Counts<SumOf>,
): Promise<TransitionRow[]> {
  const ids = changes.flatMap(({ before }) => before?.id ?? []);
  const { rows } = await sql<TransitionRow>`
    select session_id, place, at, domain, from_state, to_state, event
    from cli_transitions where ${ws.of()} and session_id = any(${ids}::uuid[])
    order by session_id, place`.execute(ws.tx);
  const stored = Map.groupBy(rows, (row) => row.session_id);
  const gone: TransitionRow[] = [];
  const come: TransitionRow[] = [];
  for (const { before, transitions } of changes) {
    const had = (before && stored.get(before.id)) ?? [];
    let same = 0;
    for (const [place, old] of had.entries()) {
      const now = transitions[place];
      if (!now || !isSame(old, now)) break;
      same = place + 1;
    }
    gone.push(...had.slice(same));
    come.push(...transitions.slice(same));
  }
  for (const row of gone) countMove(counts, row, -1);
  for (const row of come) countMove(counts, row, 1);
  if (gone.length > 0) {
    const batch = unnest<TransitionRow>(
      [
        ['session_id', 'uuid', (row) => row.session_id],
        ['place', 'integer', ({ place }) => place],
      ],
      gone,
    );
    await sql`delete from cli_transitions t using ${batch}
      where ${ws.of('t.workspace_id')} and t.session_id = v.session_id
        and t.place = v.place`.execute(ws.tx);
  }
  return come;
}

const transitionColumns: readonly Column<TransitionRow>[] = [
  ['session_id', 'uuid', (row) => row.session_id],
  ['place', 'integer', ({ place }) => place],
  ['at', 'timestamptz', ({ at }) => time(at.getTime())],
  ['domain', 'text', ({ domain }) => domain],
  ['from_state', 'text', (row) => row.from_state],
  ['to_state', 'text', (row) => row.to_state],
  ['event', 'text', ({ event }) => event],
];

async function insertTransitions(ws: WorkspaceTx, rows: readonly TransitionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`insert into cli_transitions (workspace_id, ${namesOf(transitionColumns)})
    select ${ws.workspaceId}::uuid, v.* from ${unnest(transitionColumns, rows)}`.execute(ws.tx);
}

const columns: readonly Column<SessionRow>[] = [
  ['id', 'uuid', ({ id }) => id],
  ['key', 'text', ({ key }) => key],
  ['scope', 'text', ({ scope }) => scope],
  ['digest', 'text', ({ digest }) => digest],
  ['family', 'text', ({ family }) => family],
  ['version', 'text', ({ version }) => version],
  ['domain', 'text', ({ domain }) => domain],
  ['user_id', 'text', (row) => row.user_id],
  ['state', 'text', ({ state }) => state],
  ['started_at', 'timestamptz', (row) => time(row.started_at.getTime())],
  ['last_event_at', 'timestamptz', (row) => time(row.last_event_at.getTime())],
  ['turns', 'integer', ({ turns }) => turns],
  ['requests', 'integer', ({ requests }) => requests],
  ['transitions', 'integer', ({ transitions }) => transitions],
  ['recent', 'jsonb', ({ recent }) => cleanJson(recent)],
  ['due_at', 'timestamptz', (row) => timeOrNull(row.due_at?.getTime() ?? null)],
];

/** An array of arrays has to be of one length: it is written as text, and made an array there. */
const reachedColumn: Column<SessionRow> = ['reached', 'text', ({ reached }) => reached.join(',')];

async function save(ws: WorkspaceTx, changes: readonly Change[]): Promise<void> {
  const gone = changes.flatMap(({ before, after }) => (after === null && before ? before.id : []));
  if (gone.length > 0) {
    await sql`delete from cli_sessions
      where ${ws.of()} and id = any(${gone}::uuid[])`.execute(ws.tx);
  }
  const rows = changes.flatMap(({ after }) => after ?? []);
  if (rows.length === 0) return;
  const names = namesOf([...columns, reachedColumn]);
  const values = sql.join(columns.map(([name]) => sql.ref(`v.${name}`)));
  await sql`insert into cli_sessions (workspace_id, ${names})
    select ${ws.workspaceId}::uuid, ${values}, string_to_array(v.reached, ',')
    from ${unnest([...columns, reachedColumn], rows)}
    on conflict (workspace_id, id) do update
    set ${overwrite([...columns, reachedColumn])}`.execute(ws.tx);
}

type SumOf = Pick<SessionSumTable, 'measure' | 'from_state' | 'to_state'>;

function countMove(counts: Counts<SumOf>, row: TransitionRow, sign: Sign): void {
  const { from_state, to_state } = row;
  counts.add(row.at.getTime(), row.domain, { measure: 'move', from_state, to_state }, sign);
}

function count(counts: Counts<SumOf>, session: SessionRow, sign: Sign): void {
  const at = session.started_at.getTime();
  const add = (measure: SumOf['measure'], to_state: string) =>
    counts.add(at, session.domain, { measure, from_state: '', to_state }, sign);
  add('session', '');
  add('last', session.state);
  for (const state of session.reached) add('reached', state);
}

const sums: Rollup<Count & SumOf> = {
  table: 'session_sums',
  keys: [
    ['measure', 'text', ({ measure }) => measure],
    ...slotKeys,
    domainKey,
    ['from_state', 'text', (row) => row.from_state],
    ['to_state', 'text', (row) => row.to_state],
  ],
  sums: [countColumn],
  counts: ['n'],
};

/** The contract's `LiveSession` data: the session as it is now, or was before it went. */
function eventsOf({ before, after }: Change): NewEvent[] {
  const tell = (row: SessionRow, deleted: boolean): NewEvent => ({
    domain: row.domain,
    topic: 'sessions',
    payload: { session: cliSessionOf(row), deleted },
  });
  // Who may see only its former domain would keep it forever.
  const left = before && before.domain !== after?.domain ? [tell(before, true)] : [];
  return after ? [...left, tell(after, false)] : left;
}
