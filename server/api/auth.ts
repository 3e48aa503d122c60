import {
  conflict,
  fieldError,
  forbidden,
  Problem,
  unauthorized,
  unprocessable,
  written,
  type RequestBody,
  type Schemas,
} from '../contract/index.ts';
import type { AuditEntry } from '../store/audit/audit.ts';
import type { Account, AuthStore } from '../store/tenancy/auth.ts';
import { uuidv7 } from '../store/database/uuid.ts';
import type { Authenticator } from '../auth/authenticate.ts';
import type { ApiCaller } from '../auth/caller.ts';
import { digest, newRefreshToken, successorOf } from '../auth/credentials.ts';
import { knows, type Devices } from '../auth/devices.ts';
import type { HandlersFor } from './handlers.ts';
import { networkOf } from '../auth/address.ts';
import type { Limits } from '../auth/limits.ts';
import { openedBy } from '../auth/password-login.ts';
import { foreignDomains, giversOf, mayGiveRole } from '../auth/minting.ts';
import type { Origins } from '../auth/origins.ts';
import type { Secret } from '../auth/secret.ts';
import type { Tokens } from '../auth/tokens.ts';
import { actorOf, type SecurityEvents } from '../auth/security-events.ts';

const ACCESS_SECONDS = 15 * 60;
const REFRESH_SECONDS = 14 * 24 * 3600;

export interface AuthOptions {
  store: AuthStore;
  /** What refresh tokens that a repeated request gets again are made with. */
  secret: Secret;
  tokens: Tokens;
  authenticator: Authenticator;
  limits: Limits;
  origins: Origins;
  devices: Devices;
  watch: Pick<SecurityEvents, 'refused' | 'loggedIn'>;
  /** Writes an entry of the audit log. */
  audit: (workspaceId: string, entry: AuditEntry) => Promise<void>;
  now: () => Date;
  /** Told of a refresh token that came twice: somebody may have stolen it. */
  onReuse: (sessionId: string) => void;
}

export function authHandlers(options: AuthOptions): HandlersFor<'auth'> {
  const { store, secret, tokens, authenticator, limits, origins, now, onReuse } = options;
  const { devices, watch, audit } = options;
  /** In whole seconds, as a token holds its end. */
  const after = (seconds: number): Date =>
    new Date((Math.floor(now().getTime() / 1000) + seconds) * 1000);

  const successorKey = secret.key('refresh');

  /** What the store keeps of a refresh token that begins now. */
  const begin = (refreshToken: string) => {
    const kept = { hash: digest(refreshToken), now: now(), expiresAt: after(REFRESH_SECONDS) };
    return { refreshToken, kept };
  };

  const sessionOf = async (
    account: Account,
    sessionId: string,
    refreshToken: string,
  ): Promise<Schemas['Session']> => {
    const expiresAt = after(ACCESS_SECONDS);
    return {
      accessToken: await tokens.signAccess({ sessionId, expiresAt }),
      expiresIn: ACCESS_SECONDS,
      refreshToken,
      refreshExpiresIn: REFRESH_SECONDS,
      me: meOf({ ...account, kind: 'account', expiresAt }),
    };
  };

  return {
    'auth.login': async ({ body: { email: given, password, domain }, request, ip }) => {
      const email = given.trim().toLowerCase();
      const accounts = await store.accountsByEmail(email);
      /** @param reason why nobody got in */
      const refuse = (reason: string): void =>
        watch.refused(
          'login',
          reason,
          ip,
          accounts.map(({ id }) => ({ kind: 'account', id })),
        );
      const known = devices.of(request);
      const attempt = { email, password, domain, accounts, devices: known, network: networkOf(ip) };
      const opened = await openedBy(store, limits, attempt).catch((error: unknown) => {
        if (error instanceof Problem && error.status === 429) refuse('locked');
        throw error;
      });
      const [account] = opened;
      if (!account) {
        refuse('password');
        throw unauthorized('The email or the password is wrong.', 'wrong_credentials');
      }
      // Only for whoever knows the password: to anybody else it would tell that the email exists.
      if (opened.length > 1) {
        throw conflict(
          'This email belongs to several workspaces: send `domain` with a domain of the one that you want, or its name.',
          'ambiguous_workspace',
        );
      }
      const { refreshToken, kept } = begin(newRefreshToken());
      const sessionId = await store.startSession(account, kept, ip);
      // While the password was checked it was changed, or the account ended.
      if (sessionId === undefined)
        throw unauthorized('The email or the password is wrong.', 'wrong_credentials');
      watch.loggedIn(account, ip);
      const device = known.find((each) => knows(each, account));
      const { token: deviceToken, cookie } = devices.issue(account, device, request);
      return {
        status: 200,
        body: { ...(await sessionOf(account, sessionId, refreshToken)), deviceToken },
        headers: { 'Set-Cookie': cookie },
      };
    },

    'auth.refresh': async ({ body, params, ip }) => {
      const key = params.header['Idempotency-Key'];
      const { refreshToken, kept } = begin(
        key === undefined ? newRefreshToken() : successorOf(body.refreshToken, key, successorKey),
      );
      const rotation = await store.rotate(digest(body.refreshToken), kept);
      if (rotation.outcome === 'reused') {
        authenticator.forgetSession(rotation.sessionId);
        onReuse(rotation.sessionId);
        watch.refused('token', 'reused', ip, [{ kind: 'session', id: rotation.sessionId }]);
      }
      if (rotation.outcome === 'refused') watch.refused('token', 'refresh', ip);
      if (rotation.outcome !== 'rotated') {
        throw unauthorized('The refresh token is invalid or has expired.', 'refresh_token_invalid');
      }
      const { account, sessionId } = rotation;
      return { status: 200, body: await sessionOf(account, sessionId, refreshToken) };
    },

    'auth.logout': async ({ body, ip }) => {
      const sessionId = await store.endSessionOf(digest(body.refreshToken), now(), ip);
      if (sessionId) authenticator.forgetSession(sessionId);
      return { status: 204 };
    },

    'auth.me': ({ caller }) => ({ status: 200, body: meOf(caller) }),

    'auth.createEmbedToken': async ({ caller, body, ip }) => {
      requireMinter(caller, body);
      const unregistered = body.origins.flatMap((origin, index) =>
        origins.registered(origin) ? [] : [{ origin, index }],
      );
      const [first] = unregistered;
      if (first) {
        throw unprocessable(
          `${first.origin} is not a registered origin.`,
          'unregistered_origin',
          unregistered.map(({ origin, index }) =>
            fieldError('body', {
              path: `/origins/${index}`,
              code: 'not_registered',
              expected: 'is not registered',
              given: written(origin),
            }),
          ),
        );
      }
      const { role, domains, expiresIn } = body;
      const kind = caller.kind === 'key' ? 'key' : 'account';
      const minter = { kind, id: caller.id, generation: caller.generation } as const;
      const expiresAt = after(expiresIn);
      const claims = { id: uuidv7(), minter, role, domains, origins: body.origins, expiresAt };
      const token = await tokens.signEmbed(claims);
      await audit(caller.workspace.id, {
        actor: actorOf(caller),
        action: 'embed_token.create',
        target: claims.id,
        details: { role, domains, origins: body.origins, expiresAt: expiresAt.toISOString() },
        ip,
      });
      return {
        status: 201,
        body: {
          token,
          expiresIn,
          expiresAt: expiresAt.toISOString(),
          role,
          domains,
          origins: body.origins,
        },
      };
    },
  };
}

/** @throws Problem 403 where the token would see more than who asks for it */
function requireMinter(caller: ApiCaller, body: RequestBody<'auth.createEmbedToken'>): void {
  if (caller.kind === 'account' && caller.role !== 'admin') {
    throw forbidden('Requires the role admin, or an API key.', 'role_required', ['admin']);
  }
  if (!mayGiveRole(caller, body.role)) {
    const detail = `This key can't grant the role ${body.role}.`;
    throw forbidden(detail, 'role_not_grantable', giversOf(body.role));
  }
  const [foreign] = foreignDomains(caller, body.domains);
  if (foreign !== undefined) {
    throw forbidden(`The caller has no access to the domain ${foreign}.`, 'domain_not_allowed');
  }
}

type Myself = Pick<ApiCaller, keyof Schemas['Me'] & keyof ApiCaller>;

function meOf({
  id,
  kind,
  name,
  email,
  role,
  workspace,
  domains,
  expiresAt,
}: Myself): Schemas['Me'] {
  return {
    id,
    kind,
    name,
    email,
    role,
    workspace: { id: workspace.id, name: workspace.name, operator: workspace.operator },
    domains: domains && [...domains],
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
