import { agents } from './cast.ts';
import { cliSession, type CliSession } from './cli-session.ts';
import { random, type Random } from './random.ts';
import { conversation, type Run } from './run.ts';
import { sendLogs, sendSpans, type Target } from './send.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DAYS = 30;
/** What the history has at least. */
const SPANS = 100_000;
const REQUESTS = 20_000;
const BATCH = 2_000;
const PARALLEL = 3;

export interface HistoryProgress {
  sent: number;
  total: number;
}

/**
 * Sends 30 days of telemetry that end at `until`. The same seed and end give the same bytes, and
 * ingest takes a batch once: a history that was cut off can be sent again from the start.
 */
export async function sendHistory(
  target: Target,
  options: { seed: number; until: number; onProgress: (progress: HistoryProgress) => void },
): Promise<{ spans: number; requests: number; logs: number }> {
  const r = random(options.seed);
  const { runs, spans, requests } = writeRuns(r, options.until);
  const sessions = Array.from({ length: 240 }, () => cliSession(r, moment(r, options.until)))
    .filter((session) => session.end < options.until)
    .sort((a, b) => a.start - b.start);
  const logs = sessions.reduce((sum, session) => sum + session.logs.length, 0);

  const jobs = [
    ...batches(runs, (run) => run.spans.length, BATCH).map((batch) => ({
      size: batch.reduce((sum, run) => sum + run.spans.length, 0),
      send: () =>
        sendSpans(
          target,
          byService(batch, (run) => run.spans, 'gen_ai'),
        ),
    })),
    ...batches(sessions, (session: CliSession) => session.logs.length, BATCH).map((batch) => ({
      size: batch.reduce((sum, session) => sum + session.logs.length, 0),
      send: () =>
        sendLogs(
          target,
          byService(batch, (session) => session.logs, 'com.anthropic.claude_code.events'),
        ),
    })),
  ];
  let sent = 0;
  const queue = jobs.values();
  const worker = async (): Promise<void> => {
    for (const job of queue) {
      await job.send();
      sent += job.size;
      options.onProgress({ sent, total: spans + logs });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return { spans, requests, logs };
}

function writeRuns(r: Random, until: number): { runs: Run[]; spans: number; requests: number } {
  const runs: Run[] = [];
  const shares = agents.map((agent) => [agent, agent.share] as const) as [
    readonly [(typeof agents)[0], number],
  ];
  let spans = 0;
  let requests = 0;
  while (spans < SPANS || requests < REQUESTS) {
    for (const run of conversation(r, r.weighted(shares), moment(r, until))) {
      if (run.end >= until) continue;
      runs.push(run);
      spans += run.spans.length;
      requests += run.spans.filter((span) => span.name.startsWith('chat ')).length;
    }
  }
  return { runs: runs.sort((a, b) => a.start - b.start), spans, requests };
}

/** The part of everything that comes in one hour of yesterday, which is far from usual. */
const SURGE = 0.006;

/** A time of the last 30 days: busier by day, quieter at the weekend, and growing slowly. */
function moment(r: Random, until: number): number {
  if (r.chance(SURGE)) return until - DAY - r.next() * HOUR;
  for (;;) {
    const at = until - r.next() * DAYS * DAY;
    const date = new Date(at);
    const hour = date.getUTCHours() + date.getUTCMinutes() / 60;
    const daytime = 0.25 + 0.75 * Math.max(0, Math.sin(((hour - 5) / 16) * Math.PI));
    const weekday = date.getUTCDay() % 6 === 0 ? 0.45 : 1;
    const growth = 1 - 0.35 * ((until - at) / (DAYS * DAY));
    if (r.chance(daytime * weekday * growth)) return at;
  }
}

function batches<T>(items: readonly T[], size: (item: T) => number, limit: number): T[][] {
  const all: T[][] = [];
  let room = 0;
  for (const item of items) {
    if (room < size(item)) {
      all.push([]);
      room = limit;
    }
    all.at(-1)?.push(item);
    room -= size(item);
  }
  return all;
}

function byService<T extends { service: string }, I>(
  items: readonly T[],
  read: (item: T) => I[],
  scope: string,
): { service: string; scope: string; items: I[] }[] {
  return [...Map.groupBy(items, (item) => item.service)].map(([service, group]) => ({
    service,
    scope,
    items: group.flatMap(read),
  }));
}
