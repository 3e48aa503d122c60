import { CloudBrainError, ConnectionError } from '../core/errors.ts';
import { Auth, type KeptToken, lifetime } from './auth.ts';

/** A token and its life in seconds from now: what `createEmbedToken` answers fits as it is. */
export interface TokenGrant {
  token: string;
  expiresIn: number;
}

type Answer = string | TokenGrant | null | undefined;

/** A token, or a function that returns one; `null` or `undefined` if there is none. */
export type TokenSource = string | (() => Answer | Promise<Answer>);

/** Credentials made by {@link bearer} or {@link apiKey}. */
export class BearerAuth extends Auth {
  readonly #source: TokenSource;
  #kept: KeptToken | undefined;
  #asked = 0;
  /** Whether listeners know that there is no valid token. */
  #reported = false;

  /** @param source is nothing where a variable of the environment is not set, whatever its type says */
  constructor(source: TokenSource | undefined) {
    super();
    if (!source) throw new CloudBrainError('The token or key is missing');
    this.#source = source;
  }

  /**
   * Forgets the token: the next request asks for another. Say so when the page's own session has
   * changed; a token that ends or is refused is replaced without it.
   *
   * @example
   * const auth = bearer(() => page.token);
   * page.onTokenChange(() => auth.forget());
   */
  forget(): void {
    this.#kept = undefined;
    this.#asked++;
    this.dropRenewal();
  }

  protected async current(): Promise<KeptToken | undefined> {
    return this.#kept;
  }

  protected async renew(rejected: string | undefined): Promise<string | undefined> {
    const turn = ++this.#asked;
    const old = this.#kept;
    let answer: Answer;
    try {
      answer = typeof this.#source === 'string' ? this.#source : await this.#source();
    } catch (cause) {
      if (old && old.token !== rejected && Date.now() < old.endsAt) return old.token;
      throw new ConnectionError('The token callback failed', { cause });
    }
    const grant = typeof answer === 'string' ? { token: answer } : answer;
    const token = grant?.token;
    if (token && token !== rejected) {
      this.#reported = false;
    } else if (!this.#reported && (old || rejected)) {
      this.#reported = true;
      this.emit('expired', undefined);
    }
    // What `forget()` has overtaken serves those who wait for it, but is not kept.
    if (turn === this.#asked)
      this.#kept = token ? { token, ...lifetime(grant as Partial<TokenGrant>) } : undefined;
    return token;
  }
}

/**
 * Sends a token that your application provides: an embed token, or an access token of your own login.
 *
 * A callback is called when a token is first needed, and again when the server rejects it; the token is
 * kept in between. If it returns `{ token, expiresIn }`, it is also called shortly before the end. All
 * waiting requests share one call. If it throws, they fail with a `ConnectionError`, and the next
 * request calls it again. To end the session (`expired`), return `null`.
 *
 * @throws CloudBrainError for a missing or empty token
 * @example
 * const auth = bearer(async () => (await fetch('/my/embed-token')).json());
 * const cb = new CloudBrain({ baseUrl, auth });
 */
export function bearer(source: TokenSource): BearerAuth {
  return new BearerAuth(source);
}

/**
 * Sends an API key. For servers and scripts: never put a key in a page. Without `auth`, a client uses the
 * key in `CLOUDBRAIN_API_KEY`.
 *
 * @throws CloudBrainError for a missing or empty key
 * @example
 * const cb = new CloudBrain({ baseUrl, auth: apiKey(key) });
 */
export function apiKey(key: TokenSource): BearerAuth {
  return new BearerAuth(key);
}
