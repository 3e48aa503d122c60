import type { Schemas } from '../contract/index.ts';

/** Looks at something that may not answer. */
export interface Probe<Name extends string = string> {
  name: Name;
  /**
   * Rejects where the part is down; `degraded` where it works but not well, with what is wrong.
   * Nothing returned: it is healthy.
   */
  look: (
    signal: AbortSignal,
  ) => Promise<{ status: 'healthy' | 'degraded'; detail: string } | undefined>;
  /** Milliseconds after which a part that has not answered counts as down; default 2 s. */
  timeoutMs?: number;
}

/** Looks at one part of the service. */
export type PartProbe = Probe<Schemas['HealthPart']['name']>;

/** How a part was found. */
export interface Found<Name extends string = string> {
  name: Name;
  status: 'healthy' | 'degraded' | 'down';
  latencyMs: number | null;
  detail: string | null;
}

export const PATIENCE_MS = 2_000;

/** Something did not answer in time. */
export class Late extends Error {
  constructor() {
    super('No response.');
  }
}

/** What `ask` answers within some time, after which its signal aborts. @throws Late */
export async function inTime<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  timeoutMs = PATIENCE_MS,
): Promise<T> {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Late());
      stop.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([ask(stop.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

export async function look<Name extends string>(probe: Probe<Name>): Promise<Found<Name>> {
  const { name, timeoutMs } = probe;
  const began = performance.now();
  try {
    const found = await inTime((signal) => probe.look(signal), timeoutMs);
    const latencyMs = Math.round((performance.now() - began) * 10) / 10;
    const { status = 'healthy', detail = null } = found ?? {};
    return { name, status, latencyMs, detail };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { name, status: 'down', latencyMs: null, detail };
  }
}
