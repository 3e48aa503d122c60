import { keyOf, limited, moveTimes, type Recording } from './recording.ts';
import { RecordedSocket } from './socket.ts';

/** Where stories say that the server is; nothing of this host ever leaves the page. */
const origin = 'https://recorded.example';

/**
 * What the stories' server does:
 *
 * - `admin`, `viewer`: what these roles are answered in a workspace with telemetry
 * - `empty`: what an admin is answered where no telemetry has come yet
 * - `refused`, `locked`: a login with a wrong password, and after too many of them
 * - `stale`: answers each question once, then nobody listens
 * - `loading`: no answer ever comes
 * - `failing`: every answer is a 500
 * - `forbidden`: every answer is a 403
 * - `gone`: nobody listens
 */
export type Scenario =
  | 'admin'
  | 'viewer'
  | 'empty'
  | 'refused'
  | 'locked'
  | 'stale'
  | 'loading'
  | 'failing'
  | 'forbidden'
  | 'gone';

const files = import.meta.glob<Recording>('../recorded/*.json', { eager: true, import: 'default' });

const recordingOf = (scenario = ''): Recording | undefined => files[`../recorded/${scenario}.json`];

/** The `base-url` of a scenario. */
export const baseUrl = (scenario: Scenario): string => `${origin}/${scenario}`;

function problem(status: number, title: string, detail: string): Response {
  const body = { type: 'about:blank', title, status, detail, requestId: 'req_story', errors: [] };
  const headers = { 'content-type': 'application/problem+json' };
  return new Response(JSON.stringify(body), { status, headers });
}

function never(signal: AbortSignal): Promise<Response> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

function replay(recording: Recording, method: string, path: string, query: URLSearchParams) {
  const answer = recording.answers[keyOf(method, path, query)];
  if (!answer) {
    const question = keyOf(method, path, query);
    // Fails the story's test: record it.
    reportError(new Error(`Not recorded: ${question}`));
    return problem(404, 'Not Found', `Not recorded: ${question}`);
  }
  const list = limited(answer.body, Number(query.get('limit')));
  const body = moveTimes(list, Date.now() - Date.parse(recording.recordedAt));
  const type = answer.status < 400 ? 'application/json' : 'application/problem+json';
  const headers = { 'content-type': type, 'x-request-id': 'req_story', ...answer.headers };
  return new Response(JSON.stringify(body), { status: answer.status, headers });
}

const answered = new Set<string>();

function onlyOnce(method: string, path: string, query: URLSearchParams): Response {
  const key = keyOf(method, path, query);
  const recording = recordingOf('admin');
  if (!recording || answered.has(key) || path === '/api/live') throw unreachable();
  answered.add(key);
  return replay(recording, method, path, query);
}

/** What `fetch` throws where nobody listens. */
const unreachable = () => new TypeError('Failed to fetch');

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const [, scenario = '', ...rest] = url.pathname.split('/');
  if (rest.join('/') === 'api/batch') return answerBatch(request, scenario);
  const recording = recordingOf(scenario);
  if (recording) return replay(recording, request.method, `/${rest.join('/')}`, url.searchParams);
  if (scenario === 'stale') return onlyOnce(request.method, `/${rest.join('/')}`, url.searchParams);
  if (scenario === 'loading') return never(request.signal);
  if (scenario === 'gone') throw unreachable();
  if (scenario === 'forbidden') return problem(403, 'Forbidden', 'Your role may not see this.');
  return problem(500, 'Internal Server Error', 'The database did not answer.');
}

/** Each read of a batch as if it had been sent by itself. */
async function answerBatch(request: Request, scenario: string): Promise<Response> {
  const { requests } = (await request.json()) as { requests: { path: string }[] };
  const lines = requests.map(async ({ path }, index) => {
    const response = await answer(
      new Request(`${origin}/${scenario}${path}`, { signal: request.signal }),
    );
    const { status, headers } = response;
    const body: unknown = await response.json();
    return JSON.stringify({ index, status, headers: Object.fromEntries(headers), body });
  });
  const headers = { 'content-type': 'application/x-ndjson' };
  return new Response(`${(await Promise.all(lines)).join('\n')}\n`, { headers });
}

/** Each story begins anew. */
export function resetRecordedService(): void {
  answered.clear();
}

/** From now on what goes to the stories' server is answered here; all else is as it was. */
export function installRecordedService(): void {
  const realFetch = globalThis.fetch.bind(globalThis);
  globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    return request.url.startsWith(origin) ? answer(request) : realFetch(request);
  };
  const RealSocket = globalThis.WebSocket;
  globalThis.WebSocket = new Proxy(RealSocket, {
    construct(target, [url, protocols]: [string | URL, (string | string[])?]) {
      const { host, pathname } = new URL(url);
      if (host !== new URL(origin).host) return new target(url, protocols);
      return new RecordedSocket(recordingOf(pathname.split('/')[1]));
    },
  });
}
