import { unauthorized, type Schemas } from '../contract/index.ts';
import { access, refusal } from '../auth/access.ts';
import type { HandlersFor } from './handlers.ts';
import { look, type PartProbe } from '../monitoring/probing.ts';

type Part = Schemas['HealthPart'];

export interface HealthOptions {
  /** The first is the one without which the service is not up. */
  probes: readonly [PartProbe, ...PartProbe[]];
  version: string;
  startedAt: Date;
  /** The Prometheus metrics as text. */
  metrics: () => Promise<string>;
}

export function healthHandlers(options: HealthOptions): HandlersFor<'health'> {
  const { probes, version, startedAt, metrics } = options;
  return {
    'health.get': async ({ caller }) => {
      if (!caller || refusal(caller, access['health.metrics'])) {
        const { status } = await look(probes[0]);
        // Whoever only asks whether it is up gets no detail.
        return status === 'down'
          ? { status: 503, body: { status: 'down' } }
          : { status: 200, body: { status: 'healthy' } };
      }
      const parts = await Promise.all(probes.map(look));
      const status = overall(parts);
      const body = { status, version, startedAt: startedAt.toISOString(), parts };
      return status === 'down' ? { status: 503, body } : { status: 200, body };
    },

    'health.metrics': async ({ caller, request, ip }) => {
      if (!caller && !isLoopback(request, ip)) throw unauthorized('Send a token or an API key.');
      return {
        status: 200,
        type: 'text/plain',
        body: await metrics(),
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      };
    },
  };
}

function overall([first, ...others]: Part[]): Schemas['Health']['status'] {
  if (!first || first.status === 'down') return 'down';
  return [first, ...others].every(({ status }) => status === 'healthy') ? 'healthy' : 'degraded';
}

const loopback = new Set(['127.0.0.1', '::1']);

/**
 * Whether it comes from this machine itself: not through a proxy on it, and not from a page whose
 * name was made to lead here.
 */
function isLoopback({ headers, url }: Request, ip: string): boolean {
  if (!loopback.has(ip) || headers.has('x-forwarded-for') || headers.has('forwarded')) return false;
  const host = new URL(url).hostname.replaceAll(/[[\]]/g, '');
  return host === 'localhost' || loopback.has(host);
}
