/** How many events a second reach their readers when many listen. */
import { agents } from '../../server/demo/cast.ts';
import { tracesBody } from '../../server/demo/otlp.ts';
import { random } from '../../server/demo/random.ts';
import { conversation } from '../../server/demo/run.ts';
import type { Context, Row } from './measure.ts';
import type { Service } from './service.ts';

/** Runs that are sent, so many at once: what is measured is the telling, not the writing. */
const RUNS = 400;
const AT_ONCE = 40;

export async function fanOut(service: Service, { size, say }: Context): Promise<Row[]> {
  say(`${RUNS} runs to ${size.streams} streams`);
  const token = await service.login();
  const stop = new AbortController();
  // One caller may have a hundred.
  const opened = Array.from({ length: size.streams }, () => listen(service, token, stop.signal));
  const streams = await Promise.all(opened);
  const bodies = Array.from({ length: RUNS / AT_ONCE }, runs);
  const began = performance.now();
  for (const body of bodies) await service.post(body, 'application/json');
  const written = performance.now() - began;
  await Promise.all(streams.map(({ heard }) => heard));
  const ms = performance.now() - began;
  stop.abort();
  return [
    {
      what: `events to ${size.streams} streams, until the last received ${RUNS} runs`,
      value: ((size.streams * RUNS) / ms) * 1000,
      unit: 'events/s',
      against: {
        what: 'as fast as they were written',
        value: ((size.streams * RUNS) / written) * 1000,
      },
      details: { ms, written },
    },
  ];
}

const r = random(Date.now());

function runs(): string {
  const all = Array.from({ length: AT_ONCE }, () => {
    const agent = r.pick(agents);
    const [run] = conversation(r, agent, Date.now() - 60_000);
    return { service: agent.domain, scope: 'bench', items: run?.spans ?? [] };
  });
  return tracesBody(all);
}

/** Opens a stream of server-sent events; `heard` resolves once it has told of every run. */
async function listen(
  { url }: Service,
  token: string,
  signal: AbortSignal,
): Promise<{ heard: Promise<void> }> {
  const answer = await fetch(`${url}/api/live?topics=executions`, {
    headers: { authorization: `Bearer ${token}` },
    signal,
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!answer.ok || !reader) throw new Error(`The stream answered ${answer.status}.`);
  const hear = async (): Promise<void> => {
    const ids = new Set<string>();
    let text = '';
    while (ids.size < RUNS) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`The stream ended after ${ids.size} of ${RUNS} runs.`);
      const lines = (text + value).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const id = /^data: .*?"id":"([0-9a-f-]{36})"/.exec(line)?.[1];
        if (id) ids.add(id);
      }
    }
  };
  return { heard: hear() };
}
