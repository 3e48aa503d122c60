import { forbidden, Problem, unauthorized, type Exchange } from '../contract/index.ts';
import { access, refusal, type Access } from './access.ts';
import type { Authenticator } from './authenticate.ts';
import type { Caller } from './caller.ts';
import type { Devices } from './devices.ts';
import { networkOf } from './address.ts';
import type { Limits } from './limits.ts';
import type { Origins } from './origins.ts';
import { TokenRefused } from './token-refused.ts';
import type { SecurityEvents } from './security-events.ts';

export interface AdmissionOptions {
  authenticator: Authenticator;
  limits: Limits;
  origins: Origins;
  devices: Pick<Devices, 'of'>;
  watch: Pick<SecurityEvents, 'refused' | 'keyUsed'>;
}

/** Who calls; `null` where nobody needs to be. @throws Problem 401, 403, 429 */
export type Admission = (exchange: Exchange) => Promise<Caller | null>;

/**
 * Lets a request in, before anything else of it is read: who is asking, whether they may, and
 * whether they ask too often.
 */
export function admission(options: AdmissionOptions): Admission {
  const { authenticator, limits, origins, devices, watch } = options;
  return async ({ operation, request, ip, upgrading, headers, isCounted }) => {
    const network = networkOf(ip);
    if (operation.id === 'auth.login') {
      // Somebody on the same network must not keep a known device from logging in.
      const [device] = devices.of(request);
      await limits.count('login', device ? `device ${device.id}` : network, headers);
    } else if (operation.tag === 'auth' && operation.token === 'none') {
      await limits.count('refresh', network, headers);
    }
    if (operation.token === 'none') return null;

    const rule: Access = access[operation.id];
    const caller = await identify(authenticator, request, rule).catch(async (error: unknown) => {
      if (error instanceof TokenRefused) watch.refused('token', error.reason, ip, [error.suspect]);
      if (error instanceof Problem) await limits.count('anonymous', network, headers);
      throw error;
    });
    if (!caller) {
      await limits.count('anonymous', network, headers);
      return null;
    }
    if (!isCounted) {
      await limits.count(caller.kind === 'ingest' ? 'ingest' : 'api', caller.id, headers);
    }
    watch.keyUsed(caller, ip);
    const origin = request.headers.get('origin');
    // No preflight asks for a WebSocket, and an embed token may outlast its origin's registration.
    if ((upgrading || caller.kind === 'embed') && origin && !origins.has(origin, request)) {
      throw forbidden(`${origin} is not a registered origin.`, 'origin_refused');
    }
    const refused = refusal(caller, rule);
    if (refused) throw forbidden(refused.detail, refused.code, refused.requiredRoles);
    return caller;
  };
}

async function identify(
  authenticator: Authenticator,
  request: Request,
  { open }: Access,
): Promise<Caller | null> {
  const caller = await authenticator.caller(request);
  if (!caller && !open) {
    throw unauthorized('Send a token or an API key.', 'token_missing');
  }
  return caller;
}
