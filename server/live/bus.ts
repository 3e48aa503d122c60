/** Where to look for new events: in one workspace, or, where that can't be told, in all. */
export type Wake = { workspaceId: string; lastId: number } | 'all';

/**
 * Wakes whoever reads the outbox. It carries no event: what it loses is found in the outbox at
 * the next look, so a bus may lose, repeat and reorder.
 */
export interface Bus {
  /** Whether it reaches every replica now. While it doesn't, listeners look by themselves. */
  readonly connected: boolean;
  /** Says that a commit has left events up to `lastId`. Never throws, never waits. */
  publish(workspaceId: string, lastId: number): void;
  /** Returns what ends it. */
  subscribe(listener: (wake: Wake) => void): () => void;
  close(): Promise<void>;
}

/** The bus of a service that runs in one process. */
export class LocalBus implements Bus {
  readonly connected = true;
  readonly #listeners = new Set<(wake: Wake) => void>();

  publish(workspaceId: string, lastId: number): void {
    this.wake({ workspaceId, lastId });
  }

  subscribe(listener: (wake: Wake) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells this process's listeners, and nobody else. */
  wake(wake: Wake): void {
    for (const listener of this.#listeners) listener(wake);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }
}
