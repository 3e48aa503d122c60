/** Keeps the observations of a batch, and brings together all that has to be read anew. */
import { sql, type Selectable } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { Observation } from '../../model/observation.ts';
import type { ObservationTable } from '../database/schema/telemetry.ts';
import {
  overwrite,
  namesOf,
  time,
  timeOrNull,
  unnest,
  type Column,
} from '../database/batch-columns.ts';
import type { CleanObservation } from './clean.ts';
import { packData, unpackData } from './data.ts';
import { preferred, sameObservation } from './merge.ts';
import type { ScopeOf } from './derivation.ts';
import { SessionIndex } from './sessions.ts';

/** A scope that has changed, with everything that is known of it now. */
export interface TouchedScope {
  scope: string;
  observations: Observation[];
  /** Whether there may be rows that were derived from it before. */
  known: boolean;
}

interface Placed {
  observation: Observation;
  scope: string;
}

const columns: readonly Column<Placed & { json: string }>[] = [
  ['key', 'text', ({ observation }) => observation.key],
  ['scope', 'text', ({ scope }) => scope],
  ['kind', 'text', ({ observation }) => observation.kind],
  ['family', 'text', ({ observation }) => observation.family],
  ['signal', 'text', ({ observation }) => observation.signal],
  ['trace_id', 'text', ({ observation }) => observation.traceId],
  ['span_id', 'text', ({ observation }) => observation.spanId],
  ['session', 'text', ({ observation }) => observation.session],
  ['domain', 'text', ({ observation }) => observation.domain],
  ['started_at', 'timestamptz', ({ observation }) => time(observation.startedAt)],
  ['ended_at', 'timestamptz', ({ observation }) => timeOrNull(observation.endedAt)],
  ['data', 'jsonb', ({ json }) => json],
];

/**
 * Writes what is new among `incoming`; the same again changes nothing.
 * @returns every scope that is now different
 */
export async function keepObservations(
  ws: WorkspaceTx,
  incoming: readonly CleanObservation[],
  scopeOf: ScopeOf,
): Promise<TouchedScope[]> {
  const sessions = await SessionIndex.load(
    ws,
    incoming.map(({ observation }) => observation),
  );
  const scopeNow = (observation: Observation): string =>
    scopeOf(observation, sessions.of(observation));
  const arrivals = new Map<string, Placed & { json: string }>();
  for (const { observation, json } of incoming) {
    const twin = arrivals.get(observation.key)?.observation;
    if (twin && preferred(twin, observation) === twin) continue;
    arrivals.set(observation.key, { observation, json, scope: scopeNow(observation) });
  }
  const candidates = new Set([...arrivals.values()].map(({ scope }) => scope));
  for (const scope of sessions.formerScopes(scopeOf)) candidates.add(scope);
  for (const scope of await scopesOfKeys(ws, elsewhere(arrivals, sessions))) candidates.add(scope);

  const stored = await load(ws, [...candidates]);
  const seals = await loadSeals(ws, [...candidates]);
  const touched = new Set<string>();
  const writes: (Placed & { json: string })[] = [];
  const current = new Map<string, Placed>(stored);

  for (const [key, { observation, scope }] of stored) {
    if (!sessions.hasChanged(observation)) continue;
    const moved = scopeNow(observation);
    if (moved === scope) continue;
    touched.add(scope).add(moved);
    current.set(key, { observation, scope: moved });
    if (!arrivals.has(key)) {
      writes.push({ observation, scope: moved, json: packData(observation.data) });
    }
  }
  for (const [key, arrival] of arrivals) {
    const until = seals.get(arrival.scope);
    const before = stored.get(key);
    if (!before && until !== undefined && arrival.observation.startedAt <= until) continue;
    const kept =
      !before || preferred(arrival.observation, before.observation) === arrival.observation
        ? arrival
        : { ...before, json: packData(before.observation.data) };
    const scope = scopeNow(kept.observation);
    if (before?.scope === scope && sameObservation(before.observation, kept.observation)) continue;
    current.set(key, { observation: kept.observation, scope });
    writes.push({ observation: kept.observation, scope, json: kept.json });
    touched.add(scope);
    if (before) touched.add(before.scope);
  }
  await upsert(ws, writes);
  await sessions.save(ws);

  const knownScopes = new Set([...stored.values()].map(({ scope }) => scope));
  const scopes = new Map<string, TouchedScope>();
  for (const scope of touched) {
    scopes.set(scope, { scope, observations: [], known: knownScopes.has(scope) });
  }
  for (const { observation, scope } of current.values()) {
    scopes.get(scope)?.observations.push(observation);
  }
  return [...scopes.values()];
}

/** Writes observations anew whose data has changed. */
export async function rewriteObservations(
  ws: WorkspaceTx,
  rows: readonly { observation: Observation; scope: string }[],
): Promise<void> {
  await upsert(
    ws,
    rows.map((row) => ({ ...row, json: packData(row.observation.data) })),
  );
}

/** Everything known of some scopes, as if all of it were new. */
export async function loadScopes(
  ws: WorkspaceTx,
  names: readonly string[],
): Promise<TouchedScope[]> {
  const scopes = new Map<string, TouchedScope>(
    names.map((scope) => [scope, { scope, observations: [], known: true }]),
  );
  for (const { observation, scope } of (await load(ws, names)).values()) {
    scopes.get(scope)?.observations.push(observation);
  }
  return [...scopes.values()];
}

/**
 * Keys of which an earlier version may be in a scope that the arrivals don't tell: one that named
 * a session of its own. In a trace without sessions there was none.
 */
function elsewhere(arrivals: ReadonlyMap<string, Placed>, sessions: SessionIndex): string[] {
  return [...arrivals].flatMap(([key, { observation }]) =>
    observation.traceId === null || sessions.hadSession(observation) ? [key] : [],
  );
}

async function scopesOfKeys(ws: WorkspaceTx, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<{ scope: string }>`
    select distinct scope from observations
    where ${ws.of()} and key = any(${keys}::text[])`.execute(ws.tx);
  return rows.map(({ scope }) => scope);
}

async function load(ws: WorkspaceTx, scopes: readonly string[]): Promise<Map<string, Placed>> {
  const { rows } = await sql<Selectable<ObservationTable>>`
    select key, scope, kind, family, signal, trace_id, span_id, session, domain, started_at,
      ended_at, data
    from observations where ${ws.of()} and scope = any(${scopes}::text[])`.execute(ws.tx);
  return new Map(rows.map((row) => [row.key, { observation: fromRow(row), scope: row.scope }]));
}

function fromRow(row: Omit<Selectable<ObservationTable>, 'received_at'>): Observation {
  return {
    key: row.key,
    kind: row.kind,
    family: row.family,
    signal: row.signal,
    traceId: row.trace_id,
    spanId: row.span_id,
    session: row.session,
    domain: row.domain,
    startedAt: row.started_at.getTime(),
    endedAt: row.ended_at?.getTime() ?? null,
    data: unpackData(row.data),
  };
}

async function loadSeals(ws: WorkspaceTx, scopes: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ scope: string; until: Date }>`
    select scope, until from sealed_scopes
    where ${ws.of()} and scope = any(${scopes}::text[])`.execute(ws.tx);
  return new Map(rows.map(({ scope, until }) => [scope, until.getTime()]));
}

async function upsert(
  { tx, workspaceId }: WorkspaceTx,
  rows: readonly (Placed & { json: string })[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`insert into observations (workspace_id, ${namesOf(columns)})
    select ${workspaceId}::uuid, v.* from ${unnest(columns, rows)}
    on conflict (workspace_id, key) do update
    set ${overwrite(columns)}, received_at = excluded.received_at`.execute(tx);
}
