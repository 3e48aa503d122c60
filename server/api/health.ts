import { isIPv4 } from 'node:net';
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
  /** Whether a connection from this machine gets the metrics without a key. */
  metricsWithoutKey: boolean;
}

/** A database that is away is back within seconds, or not soon. */
const RETRY = { 'Retry-After': '2' };

/** Answers without anything else of the service: also before the rest of it is there. */
export const live: HandlersFor<'health'>['health.live'] = () => ({
  status: 200,
  body: { status: 'live' },
});

export function healthHandlers(options: HealthOptions): HandlersFor<'health'> {
  const { probes, version, startedAt, metrics, metricsWithoutKey } = options;
  return {
    'health.get': async ({ caller }) => {
      if (!caller || refusal(caller, access['health.metrics'])) {
        const { status } = await look(probes[0]);
        // Whoever only asks whether it is up gets no detail.
        return status === 'down'
          ? { status: 503, body: { status: 'down' }, headers: RETRY }
          : { status: 200, body: { status: 'healthy' } };
      }
      const parts = await Promise.all(probes.map(look));
      const status = overall(parts);
      const body = { status, version, startedAt: startedAt.toISOString(), parts };
      return status === 'down' ? { status: 503, body, headers: RETRY } : { status: 200, body };
    },

    'health.live': live,

    'health.metrics': async ({ caller, request, ip }) => {
      if (!caller && !(metricsWithoutKey && isLocal(request, ip))) {
        throw unauthorized('Send a token or an API key.', 'token_missing');
      }
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

/** What a proxy on the way adds. */
const FORWARDED = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

/**
 * Whether it comes from this machine itself: over a connection of its own, not through a proxy on
 * it, and not from a page whose name was made to lead here.
 * @param ip the connection's address
 */
function isLocal({ headers }: Request, ip: string): boolean {
  if (!isLoopback(ip) || FORWARDED.some((name) => headers.has(name))) return false;
  return LOCAL_HOST.test(headers.get('host') ?? '');
}

const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

const isLoopback = (ip: string): boolean => ip === '::1' || (isIPv4(ip) && ip.startsWith('127.'));
