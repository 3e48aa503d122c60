import type { Auth, AuthEvents, LoginAuth } from '../auth/auth.ts';
import { Call, type WithResponse } from '../core/call.ts';
import type { CallParams, Core, RequestOptions } from '../core/core.ts';
import { CloudBrainError } from '../core/errors.ts';
import { keyed, type WriteOptions } from '../core/write.ts';
import type { EmbedToken, EmbedTokenRequest, LoginRequest, Me, Session } from '../types.ts';
import { Resource } from './resource.ts';

/** Who is asking: sessions, roles and embed tokens. */
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
   * @throws AuthenticationError where email or password are wrong, ConflictError where the email is
   * in several workspaces (then send a `domain`), RateLimitError after too many failures.
   * @example
   * const { me } = await cb.auth.login({ email, password });
   */
  login(body: LoginRequest, options: RequestOptions = {}): Call<Session> {
    return new Call(this.#login(body, options));
  }

  /**
   * Ends the session, here at once and then on the server.
   *
   * @throws ConnectionError where the server could not be told; it is forgotten here all the same.
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
   * Who the token belongs to, and what it may see.
   *
   * @throws AuthenticationError where there is no valid token.
   * @example
   * const { name, role, domains } = await cb.auth.me();
   */
  me(options: RequestOptions = {}): Call<Me> {
    return this.core.call('get', '/api/auth/me', {}, options);
  }

  /**
   * Mints a short-lived, read-only token for a page. For admins and API keys: call it from the
   * backend of the page.
   *
   * @throws UnprocessableError where an origin is not registered with the server.
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
   * Listens for `change` (somebody else is in, or nobody: the value is `Me` or `null`) and `expired`
   * (there is no valid token any more). Returns the function that stops it. A session that another
   * tab ended is noticed at the next call.
   *
   * @example
   * const stop = cb.auth.on('expired', () => showLogin());
   */
  on<K extends keyof AuthEvents>(event: K, listener: (value: AuthEvents[K]) => void): () => void {
    return this.core.auth?.on(event, listener) ?? (() => {});
  }

  async #login(body: LoginRequest, options: RequestOptions): Promise<WithResponse<Session>> {
    // Before the password leaves: it may be that nothing keeps a session.
    const keeper = this.#keeper;
    const manner = { anonymous: true };
    const header = { 'Cloudbrain-Device': await keeper?.device() };
    const params = { body, params: { header } } as CallParams<'post', '/api/auth/login'>;
    const call = this.core.call('post', '/api/auth/login', params, options, manner);
    const answer = await call.withResponse();
    await keeper?.start(answer.data);
    return answer;
  }

  /** What keeps the session. */
  get #keeper(): LoginAuth | undefined {
    const { auth } = this.core;
    if (!auth || begins(auth)) return auth;
    throw new CloudBrainError('Logging in and out requires passwordAuth()');
  }

  /** The key tells a repetition, after an answer that was lost, from a second use of the token. */
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
