import { unauthorized, type Schemas } from '../contract/index.ts';
import { access, refusal } from './access.ts';
import type { HandlersFor } from './handlers.ts';

type Part = Schemas['HealthPart'];

/** Looks at one part of the service. */
export interface Probe {
  name: Part['name'];
  /**
   * Rejects where the part is down; `degraded` where it works but not well, with what is wrong.
   * Nothing returned: it is healthy.
   */
  look: () => Promise<{ status: 'healthy' | 'degraded'; detail: string } | undefined>;
}

export interface HealthOptions {
  /** The first is the one without which the service is not up. */
  probes: readonly [Probe, ...Probe[]];
  version: string;
  startedAt: Date;
  /** The Prometheus metrics as text. */
  metrics: () => Promise<string>;
}

/** Milliseconds after which a part that has not answered counts as down. */
const PATIENCE_MS = 2_000;

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

async function look({ name, look: probe }: Probe): Promise<Part> {
  const began = performance.now();
  const elapsed = (): number => Math.round((performance.now() - began) * 10) / 10;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('It does not answer.')), PATIENCE_MS);
  });
  try {
    const found = await Promise.race([probe(), late]);
    const { status = 'healthy', detail = null } = found ?? {};
    return { name, status, latencyMs: elapsed(), detail };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { name, status: 'down', latencyMs: null, detail };
  } finally {
    clearTimeout(timer);
  }
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
