/** Looks at the services that agents depend on. */
import type { Upstream } from '../config/upstreams.ts';
import type { Probe } from './probing.ts';

/** Milliseconds that one may take. */
const TIMEOUT_MS = 3_000;

/** Asks by GET, follows no redirect, and reads none of the answer's body. */
export function upstreamProbe({ name, url }: Upstream): Probe {
  return {
    name,
    timeoutMs: TIMEOUT_MS,
    look: async (signal) => {
      const response = await ask(url, signal);
      // Nobody reads it: the connection is given up with it.
      await response.body?.cancel();
      const { status } = response;
      if (status >= 500) throw new Error(`It answers ${status}.`);
      if (status >= 400) return { status: 'degraded', detail: `It answers ${status}.` };
      if (status >= 300) {
        return { status: 'degraded', detail: `It answers ${status}: redirects are not followed.` };
      }
      return undefined;
    },
  };
}

async function ask(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      signal,
      redirect: 'manual',
      credentials: 'omit',
      headers: { 'user-agent': 'CloudBrain', accept: '*/*' },
    });
  } catch (error) {
    // What fetch says is "fetch failed"; the cause has a code, and no more than that is told.
    const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
    const why = typeof code === 'string' ? ` (${code})` : '';
    throw new Error(`It can't be reached${why}.`, { cause: error });
  }
}
