/** What the pages' tests share: the service, a customer's portal, real telemetry, one Chromium. */
import type { TestContext } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { buildElements } from '../../scripts/build-elements.ts';
import { chromium as program } from '../../scripts/support/machine.ts';
import type { Schemas } from '../../server/contract/index.ts';
import { serveFiles } from '../../server/http/static.ts';
import { traceOf, type AgentRun } from '../server/api/traces.ts';
import { patience } from '../support/patience.ts';
import { PORTAL, TestServer, type TestServerOptions } from '../support/server.ts';
import { Portal } from './portal.ts';

/** A page of the portal. */
export interface PageOptions {
  body: string;
  head?: string;
  /** Its Content-Security-Policy. */
  policy?: string;
  /** Where it gets the elements from, `null` where it brings them itself; by default the service. */
  script?: string | null;
}

type RunOptions = Omit<AgentRun, 'startedAt'> & { startedAt?: number };

const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

let building: Promise<void> | undefined;

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: program.find() ?? '', args: FLAGS });

/** The service with its pages, and a portal that may embed. */
export class Site {
  readonly server: TestServer;
  readonly portal: Portal;
  readonly browser: Browser;
  /** Where pages find the elements. */
  readonly script: string;
  readonly #key: string;

  private constructor(server: TestServer, portal: Portal, browser: Browser, key: string) {
    this.server = server;
    this.portal = portal;
    this.browser = browser;
    this.script = `${server.url}/cloudbrain.js`;
    this.#key = key;
  }

  static async open({ env, ...options }: TestServerOptions = {}): Promise<Site> {
    await (building ??= buildElements());
    const portal = await Portal.start();
    const server = await TestServer.start({
      pages: serveFiles,
      env: { CLOUDBRAIN_ORIGINS: `${portal.url},${PORTAL}`, ...env },
      ...options,
    });
    const site = new Site(server, portal, await launchChromium(), await server.ingestKey());
    site.giveTokens();
    return site;
  }

  get url(): string {
    return this.server.url;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.portal.close();
    await this.server.close();
  }

  /** Sends runs of agents; resolves once they are acknowledged. They begin, by default, just now. */
  async send(...runs: RunOptions[]): Promise<void> {
    for (const run of runs) {
      const body = traceOf({ startedAt: Date.now() - 3_000, ...run });
      const { status } = await this.server.call('/v1/traces', { token: this.#key, body });
      if (status !== 200) throw new Error(`Telemetry was answered with ${status}.`);
    }
  }

  /** A token for the portal's pages. */
  async embedToken({ domains = ['app.example.com'], origins = [this.portal.url] } = {}): Promise<
    Schemas['EmbedToken']
  > {
    const { status, body } = await this.server.call<Schemas['EmbedToken']>(
      '/api/auth/embed-tokens',
      {
        token: (this.#apiKey ??= await this.server.apiKey('admin')),
        body: { domains, origins },
      },
    );
    if (status !== 201) throw new Error(`The token was refused: ${JSON.stringify(body)}`);
    return body;
  }
  #apiKey: string | undefined;

  /** Lets the portal's `/token` answer with these; by default as a backend with an API key does. */
  giveTokens(give: () => Promise<unknown> = () => this.embedToken()): void {
    this.portal.put('/token', async () => ({
      type: 'application/json',
      headers: { 'cache-control': 'no-store' },
      body: JSON.stringify(await give()),
    }));
  }

  /** Puts a page into the portal that has the elements, and returns its address. */
  publish({ body, head = '', policy, script = this.script }: PageOptions, path = '/page'): string {
    this.portal.put(path, {
      type: 'text/html',
      headers: policy === undefined ? {} : { 'content-security-policy': policy },
      body: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Portal</title>
    ${script === null ? '' : `<script type="module" src="${script}"></script>`}
    ${head}
  </head>
  <body>${body}</body>
</html>`,
    });
    return this.portal.url + path;
  }

  /** A window of a reader of its own; closed after the test, which fails where scripts failed. */
  async window(t: TestContext, options: Parameters<Browser['newContext']>[0] = {}) {
    const context = await this.browser.newContext(options);
    context.setDefaultTimeout(patience(15_000));
    const faults: string[] = [];
    context.on('weberror', (error) => faults.push(error.error().message));
    t.after(async () => {
      await context.close();
      if (faults.length > 0) throw new Error(`Scripts failed: ${faults.join('; ')}`);
    });
    return context;
  }

  /** Opens a page of the portal in a window of its own. */
  async visit(t: TestContext, page: PageOptions, context?: BrowserContext): Promise<Page> {
    const url = this.publish(page);
    const tab = await (context ?? (await this.window(t))).newPage();
    await tab.goto(url);
    return tab;
  }
}
