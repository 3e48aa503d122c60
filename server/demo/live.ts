import { setTimeout as wait } from 'node:timers/promises';
import { runBusiness } from './business.ts';
import { agents } from './cast.ts';
import { cliSession } from './cli-session.ts';
import type { LogRecord, Span } from './otlp.ts';
import { random, type Random } from './random.ts';
import { conversation, type Run } from './run.ts';
import { sendLogs, sendSpans, type Target } from './send.ts';

/** How often the fleet exports what has ended, as a batching exporter does. */
const EXPORT_MS = 700;
/** Simulated time runs this much slower than in the history, so that one sees a run go on. */
const SLOWER = 2.5;
const CONCURRENT = 5;

/** Runs the fleet until `target.signal` aborts. */
export async function runLive(target: Target, seed: number): Promise<void> {
  const r = random(seed);
  const workers = Array.from({ length: CONCURRENT }, (_, index) =>
    worker(target, random(seed + index * 7919), index),
  );
  await Promise.all([...workers, cliWorker(target, r), runBusiness(target, random(seed + 1))]);
}

async function worker(target: Target, r: Random, index: number): Promise<void> {
  await pause(target, index * 900);
  while (!target.signal.aborted) {
    const agent = r.weighted(
      agents.map((each) => [each, each.share] as const) as [readonly [(typeof agents)[0], number]],
    );
    for (const run of conversation(r, agent, 0).slice(0, 2)) await playRun(target, run);
    await pause(target, r.spread(9_000, 0.8));
  }
}

async function playRun(target: Target, run: Run): Promise<void> {
  await play(
    target,
    run.spans,
    (span) => span.end - run.start,
    (spans, begin) =>
      sendSpans(target, [
        {
          service: run.service,
          scope: 'gen_ai',
          items: spans.map((span): Span => ({
            ...span,
            start: begin + (span.start - run.start) * SLOWER,
            end: begin + (span.end - run.start) * SLOWER,
          })),
        },
      ]),
  );
}

async function cliWorker(target: Target, r: Random): Promise<void> {
  while (!target.signal.aborted) {
    const session = cliSession(r, 0);
    await play(
      target,
      session.logs,
      (log) => log.at,
      (logs, begin) =>
        sendLogs(target, [
          {
            service: session.service,
            scope: 'com.anthropic.claude_code.events',
            items: logs.map((log): LogRecord => {
              const at = begin + log.at * SLOWER;
              return {
                ...log,
                at,
                attributes: { ...log.attributes, 'event.timestamp': new Date(at).toISOString() },
              };
            }),
          },
        ]),
    );
    await pause(target, r.spread(20_000, 0.5));
  }
}

/** Sends each item soon after its moment has come, in small exports. */
async function play<T>(
  target: Target,
  items: readonly T[],
  at: (item: T) => number,
  send: (items: T[], begin: number) => Promise<void>,
): Promise<void> {
  const begin = Date.now();
  const waiting = [...items].sort((a, b) => at(a) - at(b));
  while (waiting.length > 0 && !target.signal.aborted) {
    const now = (Date.now() - begin) / SLOWER;
    const due = waiting.findIndex((item) => at(item) > now);
    const ended = waiting.splice(0, due === -1 ? waiting.length : due);
    if (ended.length > 0) await send(ended, begin);
    if (waiting.length > 0) await pause(target, EXPORT_MS);
  }
}

const pause = (target: Target, ms: number): Promise<void> =>
  wait(ms, undefined, { signal: target.signal });
