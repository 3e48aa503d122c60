import type { Auth, AuthEvents, LoginAuth } from '../auth/auth.ts';
import { Call, type WithResponse } from '../core/call.ts';
import type { CallParams, Core, RequestOptions } from '../core/core.ts';
import { CloudBrainError } from '../core/errors.ts';
import { keyed, type WriteOptions } from '../core/write.ts';
import type { EmbedToken, EmbedTokenRequest, LoginRequest, Me, Session } from '../types.ts';
import { Resource } from './resource.ts';

/** Sessions, the caller and embed tokens. */
export class AuthResource extends Resource {
  /** @internal */
  constructor(core: Core) {
    super(core);
    const { auth } = core;
    if (!auth || !begins(auth)) return;
    auth.bind({
      baseUrl: core.baseUrl,
      refresh: (refreshToken, key) => this.#refresh(refreshToken, key),
      warn: (message, cause) => core.log('warn', message, cause),
    });
  }

  /**
   * Starts a session, which `passwordAuth()` keeps and renews.
   *
   * @throws AuthenticationError if the email or the password is wrong, ConflictError if the email is in
   * several workspaces (then send a `domain`), RateLimitError after too many failures.
   * @example
   * const { me } = await cb.auth.login({ email, password });
   */
  login(body: LoginRequest, options: RequestOptions = {}): Call<Session> {
    return new Call(this.#login(body, options));
  }

  /**
   * Ends the session, first here and then on the server.
   *
   * @throws ConnectionError if the server can't be reached; the session is removed here all the same.
   * @example
   * await cb.auth.logout();
   */
  async logout(options: RequestOptions = {}): Promise<void> {
    await this.#keeper?.end((refreshToken) =>
      // A session that has ended already is no error.
      this.core.call('post', '/api/auth/logout', { body: { refreshToken } }, options, {
        anonymous: true,
        repeatable: true,
        noContent: true,
      }),
    );
  }

  /**
   * The caller, and what its token has access to.
   *
   * @throws AuthenticationError without a valid token.
   * @example
   * const { name, role, domains } = await cb.auth.me();
   */
  me(options: RequestOptions = {}): Call<Me> {
    return this.core.call('get', '/api/auth/me', {}, options);
  }

  /**
   * Creates a short-lived, read-only token for a page. For admins and API keys: call it from the backend
   * of the page.
   *
   * @throws UnprocessableError if an origin isn't registered with the server.
   * @example
   * const { token, expiresIn } = await cb.auth.createEmbedToken({
   *   domains: ['app.example.com'],
   *   origins: ['https://portal.example.com'],
   * });
   */
  createEmbedToken(body: EmbedTokenRequest, options: WriteOptions = {}): Call<EmbedToken> {
    return this.core.call('post', '/api/auth/embed-tokens', { body }, keyed(options));
  }

  /**
   * Calls a listener on `change` (another account, or none: the value is `Me` or `null`) or `expired`
   * (there is no valid token any more). Returns a function that removes it. If another tab ends the
   * session, the next call notices it.
   *
   * @example
   * const stop = cb.auth.on('expired', () => showLogin());
   */
  on<K extends keyof AuthEvents>(event: K, listener: (value: AuthEvents[K]) => void): () => void {
    return this.core.auth?.on(event, listener) ?? (() => {});
  }

  async #login(body: LoginRequest, options: RequestOptions): Promise<WithResponse<Session>> {
    // Checked before the password is sent: the credentials may not keep a session.
    const keeper = this.#keeper;
    const manner = { anonymous: true };
    const header = { 'Cloudbrain-Device': await keeper?.device() };
    const params = { body, params: { header } } as CallParams<'post', '/api/auth/login'>;
    const call = this.core.call('post', '/api/auth/login', params, options, manner);
    const answer = await call.withResponse();
    await keeper?.start(answer.data);
    return answer;
  }

  /** The credentials that keep the session. */
  get #keeper(): LoginAuth | undefined {
    const { auth } = this.core;
    if (!auth || begins(auth)) return auth;
    throw new CloudBrainError('Logging in and out requires passwordAuth()');
  }

  /** The key distinguishes a repeated request, after a lost answer, from a second use of the token. */
  #refresh(refreshToken: string, idempotencyKey: string | undefined): Promise<Session> {
    const body = { refreshToken };
    return this.core.call('post', '/api/auth/refresh', { body }, keyed({ idempotencyKey }), {
      anonymous: true,
    });
  }
}

function begins(auth: Auth): auth is LoginAuth {
  return 'bind' in auth;
}
