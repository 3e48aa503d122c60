/** Which session each trace belongs to: a CLI's logs and traces tell one story together. */
import { sql, type Selectable } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { Convention, Observation } from '../../model/observation.ts';
import type { TraceSessionTable } from '../database/schema/telemetry.ts';
import { unnest } from '../database/batch-columns.ts';
import type { ScopeOf } from './derivation.ts';

interface Membership {
  before: string | null;
  now: string;
  traceId: string;
  family: Convention;
}

/** Where an observation belongs by its trace: command lines that share one stay apart. */
type Place = Pick<Observation, 'traceId' | 'family'>;

const keyOf = ({ traceId, family }: Place): string => `${family}:${traceId ?? ''}`;

/**
 * The traces of a batch and their sessions. Once one observation of a trace has named a session
 * all that its family tells in the trace belongs to it; where several are named, to the first in
 * order of text, so that the order of arrival does not matter.
 */
export class SessionIndex {
  readonly #traces: Map<string, Membership>;
  readonly #changed: Map<string, Membership>;
  /** A sessionless observation of each trace that has changed hands. */
  readonly #samples: Map<string, Observation>;

  private constructor(traces: Map<string, Membership>, samples: Map<string, Observation>) {
    this.#traces = traces;
    this.#changed = new Map([...traces].filter(([, { before, now }]) => before !== now));
    this.#samples = samples;
  }

  static async load(ws: WorkspaceTx, incoming: readonly Observation[]): Promise<SessionIndex> {
    const traceIds = new Set<string>();
    for (const { traceId } of incoming) if (traceId !== null) traceIds.add(traceId);
    if (traceIds.size === 0) return new SessionIndex(new Map(), new Map());
    const { rows } = await sql<Selectable<TraceSessionTable>>`
      select * from trace_sessions
      where ${ws.of()} and trace_id = any(${[...traceIds]}::text[])`.execute(ws.tx);
    const traces = new Map<string, Membership>(
      rows.map(({ trace_id: traceId, family, session }) => [
        keyOf({ traceId, family }),
        { before: session, now: session, traceId, family },
      ]),
    );
    const samples = new Map<string, Observation>();
    for (const observation of incoming) {
      const { traceId, family, session } = observation;
      if (traceId === null || session === null) continue;
      const key = keyOf(observation);
      const known = traces.get(key);
      samples.set(key, observation);
      if (known && known.now <= session) continue;
      traces.set(key, { before: known?.before ?? null, now: session, traceId, family });
    }
    return new SessionIndex(traces, samples);
  }

  of(place: Place): string | null {
    return this.#traces.get(keyOf(place))?.now ?? null;
  }

  /** Whether the trace belongs to another session than before this batch, or to its first. */
  hasChanged(place: Place): boolean {
    return this.#changed.has(keyOf(place));
  }

  /** Whether an earlier batch has named a session for the trace. */
  hadSession(place: Place): boolean {
    return (this.#traces.get(keyOf(place))?.before ?? null) !== null;
  }

  /** The scopes in which the traces that have changed hands were read until now. */
  formerScopes(scopeOf: ScopeOf): string[] {
    return [...this.#changed].flatMap(([key, { before }]) => {
      const sample = this.#samples.get(key);
      return sample ? [scopeOf({ ...sample, session: null }, before)] : [];
    });
  }

  async save({ tx, workspaceId }: WorkspaceTx): Promise<void> {
    if (this.#changed.size === 0) return;
    const batch = unnest<Membership>(
      [
        ['trace_id', 'text', ({ traceId }) => traceId],
        ['family', 'text', ({ family }) => family],
        ['session', 'text', ({ now }) => now],
      ],
      [...this.#changed.values()],
    );
    await sql`insert into trace_sessions (workspace_id, trace_id, family, session)
      select ${workspaceId}::uuid, v.* from ${batch}
      on conflict (workspace_id, trace_id, family) do update set session = excluded.session`.execute(
      tx,
    );
  }
}
