/** Looks at the services that agents depend on. */
import type { Upstream } from '../config/upstreams.ts';
import type { Outbound } from '../outbound/outbound.ts';
import type { Probe } from './probing.ts';

/** Milliseconds that one may take. */
const TIMEOUT_MS = 3_000;

/** Asks by GET, follows no redirect, and reads none of the answer's body. */
export function upstreamProbe({ name, url }: Upstream, outbound: Pick<Outbound, 'fetch'>): Probe {
  return {
    name,
    timeoutMs: TIMEOUT_MS,
    look: async (signal) => {
      const { status } = await outbound.fetch(url, {
        purpose: 'upstream',
        // Who names it runs the service, and looks at what is beside it.
        reach: 'own-networks',
        timeoutMs: TIMEOUT_MS,
        maxBytes: null,
        signal,
      });
      if (status >= 500) throw new Error(`It responded with ${status}.`);
      if (status >= 400) return { status: 'degraded', detail: `It responded with ${status}.` };
      if (status >= 300) {
        return {
          status: 'degraded',
          detail: `It responded with ${status}: redirects are not followed.`,
        };
      }
      return undefined;
    },
  };
}
