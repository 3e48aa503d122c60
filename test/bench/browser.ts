/** Pages with our elements in a real browser, on a real service. */
import { chromium, type Browser, type Page } from 'playwright-core';
import { chromium as program } from '../../scripts/support/machine.ts';
import type { Bundle, Script } from './bundles.ts';
import type { Service } from './service.ts';

const ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // The pages are answered by the benchmark itself: without an address they count as public ones,
  // which may not open sockets to this machine.
  '--disable-features=LocalNetworkAccessChecks',
];

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: program.find() ?? '', args: ARGS });

/** A page, and what it has asked for since it was opened. */
export interface OpenPage {
  page: Page;
  /** Scripts of the bundle that were fetched, in their order. */
  scripts: Script[];
  /** What was asked of the service, as `GET /api/stats/overview?…`. */
  requests: string[];
  /** Live connections that were opened. */
  sockets: string[];
  close: () => Promise<void>;
}

/** Opens a page of the service's own origin that consists of this HTML and the bundle's entry. */
export async function openPage(
  browser: Browser,
  service: Service,
  bundle: Bundle,
  html: string,
): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(30_000);
  const opened: OpenPage = {
    page,
    scripts: [],
    requests: [],
    sockets: [],
    close: () => page.close(),
  };
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith('/api/')) {
      opened.requests.push(`${request.method()} ${pathname}${search}`);
    }
  });
  page.on('websocket', (socket) => opened.sockets.push(socket.url()));
  await page.route('**/bench/**', async (route) => {
    const name = new URL(route.request().url()).pathname.slice('/bench/'.length);
    const script = bundle.scripts.get(name);
    if (name === '') {
      await route.fulfill({ contentType: 'text/html; charset=utf-8', body: documentOf(html) });
    } else if (script) {
      opened.scripts.push(script);
      await route.fulfill({ contentType: 'text/javascript', body: script.code });
    } else {
      await route.fulfill({ status: 404 });
    }
  });
  await page.goto(`${service.url}/bench/`);
  return opened;
}

const documentOf = (html: string): string => `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Benchmark</title>
  <body>${html}</body>
  <script type="module" src="page.js"></script>
</html>`;

/** Waits until every element that matches shows what it has been asked for. */
export async function untilShown(page: Page, selector: string): Promise<void> {
  await page.waitForFunction((wanted) => {
    const elements = [...document.querySelectorAll(wanted)];
    const isShown = (element: Element): boolean =>
      element.shadowRoot !== null && !element.matches(':state(loading)');
    return elements.length > 0 && elements.every(isShown);
  }, selector);
}

/** Waits until every element that matches is told of changes as they happen. */
export async function untilLive(page: Page, selector: string): Promise<void> {
  await page.waitForFunction((wanted) => {
    const elements = [...document.querySelectorAll(wanted)];
    return elements.length > 0 && elements.every((element) => element.matches(':state(live)'));
  }, selector);
}
