import { createLogger, createServer, type Logger, type Plugin, type ProxyOptions } from 'vite';
import { readFile } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { elements } from '../../rollup.config.mjs';
import { inRoot, root } from './root.ts';

export interface DevServer {
  /** Such as `http://127.0.0.1:4400`. */
  url: string;
  /** Makes every open page load anew. */
  reload: () => void;
  close: () => Promise<void>;
}

const script = '/cloudbrain.js';
const theme = '/cloudbrain.theme.css';

/** What Vite answers itself; everything else is the service's. */
const own =
  /^\/(?:@|node_modules\/|components\/|src\/|sdk\/|\.cache\/|cloudbrain\.(?:js|theme\.css)$)/;

/** The script that pages load, of the elements' sources, with Vite's client that follows changes. */
const elementsFromSource: Plugin = {
  name: 'elements-from-source',
  resolveId: (id) => (id === script ? `\0${script}` : null),
  load: (id) =>
    id === `\0${script}`
      ? ['@vite/client', ...elements.map(({ entry }) => entry)]
          .map((path) => `import '/${path}';\n`)
          .join('')
      : null,
  configureServer(server) {
    server.middlewares.use(theme, (_, response, next) => {
      readFile(inRoot('src', 'theme', 'theme.css')).then((css) => {
        response.writeHead(200, { 'content-type': 'text/css' }).end(css);
      }, next);
    });
  },
};

/** Leaves out that the service is away: it starts anew after each change of its sources. */
function quietLogger(): Logger {
  const logger = createLogger('warn');
  const { error } = logger;
  logger.error = (message, options) => {
    if (!/(?:http|ws) proxy (?:socket )?error/.test(message)) error(message, options);
  };
  return logger;
}

const proxyTo = (target: string): ProxyOptions => ({
  target,
  ws: true,
  bypass: ({ url = '/' }) => (own.test(url.replace(/\?.*/, '')) ? url : undefined),
  configure: (proxy) => {
    proxy.on('error', (_, __, response) => {
      if (!('writeHead' in response) || response.headersSent) return;
      response.writeHead(503, { 'retry-after': '1' }).end('The server is starting.\n');
    });
  },
});

/**
 * Serves the elements from their sources, and has all else answered by the service behind it.
 * @param target the service, such as `http://127.0.0.1:4410`
 */
export async function startDevServer(
  target: string,
  { host, port }: { host: string; port: number },
): Promise<DevServer> {
  const server = await createServer({
    root,
    configFile: false,
    appType: 'custom',
    cacheDir: inRoot('.cache', 'vite'),
    customLogger: quietLogger(),
    plugins: [elementsFromSource],
    resolve: { conditions: ['@cloudbrain/source', 'module', 'browser', 'development'] },
    optimizeDeps: { entries: ['components/*/define.ts'] },
    server: {
      host,
      port,
      strictPort: true,
      // Pages of other origins embed elements too.
      cors: { origin: '*' },
      // A checkout may link to another one's packages.
      fs: { allow: [root, dirname(realpathSync(inRoot('node_modules')))] },
      headers: { 'Cross-Origin-Resource-Policy': 'cross-origin' },
      // Its inline styles break our pages' policy; the terminal has the error.
      hmr: { overlay: false, path: '/@hmr' },
      proxy: { '/': proxyTo(target) },
      watch: { ignored: ['dist', 'server', 'test', '.cache', '.cloudbrain'].map(inFolder) },
    },
  });
  await server.listen();
  return {
    url: `http://${host}:${port}`,
    reload: () => server.environments.client.hot.send({ type: 'full-reload' }),
    close: () => server.close(),
  };
}

const inFolder = (name: string): string => `${inRoot(name)}/**`;
