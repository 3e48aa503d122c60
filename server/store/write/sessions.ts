/** Which session each trace belongs to: a CLI's logs and traces tell one story together. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import type { Observation } from '../records.ts';
import { unnest } from '../unnest.ts';
import type { ScopeOf } from './reading.ts';

interface Membership {
  before: string | null;
  now: string;
}

/**
 * The traces of a batch and their sessions. Once one observation of a trace has named a session
 * the whole trace belongs to it; where several are named, to the first in order of text, so that
 * the order of arrival does not matter.
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
    const { rows } = await sql<{ trace_id: string; session: string }>`
      select trace_id, session from trace_sessions
      where ${ws.of()} and trace_id = any(${[...traceIds]}::text[])`.execute(ws.tx);
    const traces = new Map<string, Membership>(
      rows.map(({ trace_id, session }) => [trace_id, { before: session, now: session }]),
    );
    const samples = new Map<string, Observation>();
    for (const observation of incoming) {
      const { traceId, session } = observation;
      if (traceId === null || session === null) continue;
      const known = traces.get(traceId);
      samples.set(traceId, observation);
      if (known && known.now <= session) continue;
      traces.set(traceId, { before: known?.before ?? null, now: session });
    }
    return new SessionIndex(traces, samples);
  }

  of(traceId: string | null): string | null {
    return traceId === null ? null : (this.#traces.get(traceId)?.now ?? null);
  }

  /** Whether the trace belongs to another session than before this batch, or to its first. */
  hasChanged(traceId: string | null): boolean {
    return traceId !== null && this.#changed.has(traceId);
  }

  /** Whether an earlier batch has named a session for the trace. */
  hadSession(traceId: string | null): boolean {
    return traceId !== null && (this.#traces.get(traceId)?.before ?? null) !== null;
  }

  /** The scopes in which the traces that have changed hands were read until now. */
  formerScopes(scopeOf: ScopeOf): string[] {
    return [...this.#changed].flatMap(([traceId, { before }]) => {
      const sample = this.#samples.get(traceId);
      return sample ? [scopeOf({ ...sample, session: null }, before)] : [];
    });
  }

  async save({ tx, workspaceId }: WorkspaceTx): Promise<void> {
    if (this.#changed.size === 0) return;
    const batch = unnest<[string, Membership]>(
      [
        ['trace_id', 'text', ([traceId]) => traceId],
        ['session', 'text', ([, { now }]) => now],
      ],
      [...this.#changed],
    );
    await sql`insert into trace_sessions (workspace_id, trace_id, session)
      select ${workspaceId}::uuid, v.* from ${batch}
      on conflict (workspace_id, trace_id) do update set session = excluded.session`.execute(tx);
  }
}
