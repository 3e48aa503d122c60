/** The origins whose pages may call the service from a browser. */
export class Origins {
  readonly #registered: ReadonlySet<string>;

  /** @param registered such as `https://portal.example.com` */
  constructor(registered: readonly string[]) {
    this.#registered = new Set(registered);
  }

  /** Whether the operator has registered it. */
  registered(origin: string): boolean {
    return this.#registered.has(origin);
  }

  /** Whether it is registered, or the service's own as this request has it. */
  has(origin: string, request: Request): boolean {
    if (this.#registered.has(origin)) return true;
    // A proxy may end TLS before the service: the scheme of its own origin is not known here.
    const host = request.headers.get('host');
    return host !== null && (origin === `https://${host}` || origin === `http://${host}`);
  }
}
