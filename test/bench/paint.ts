/** How long it takes from telemetry that is sent to what a reader sees of it. */
import type { Browser, Page } from 'playwright-core';
import { agents } from '../../server/demo/cast.ts';
import { tracesBody } from '../../server/demo/otlp.ts';
import { random } from '../../server/demo/random.ts';
import { conversation, type Run } from '../../server/demo/run.ts';
import { openPage, untilLive } from './browser.ts';
import { bundle } from './bundles.ts';
import { quantile, type Context, type Row } from './measure.ts';
import type { Service } from './service.ts';

/** Milliseconds since the request was sent, by the page's own clock. */
interface Sample {
  answered: number;
  /** The figure of the card. */
  card: number;
  /** The new row of the stream. */
  row: number;
}

/** Samples that come first and are not counted: they load and compile. */
const WARM_UP = 5;

export async function paint(
  browser: Browser,
  service: Service,
  { size, say }: Context,
): Promise<Row[]> {
  say(`${size.posts} posts until they are painted`);
  const token = await service.login();
  const html = `<cb-stat-card metric="requests" token="${token}"></cb-stat-card>
    <cb-exec-stream token="${token}"></cb-exec-stream>`;
  const built = await bundle('cb-stat-card', 'cb-exec-stream');
  const { page, close } = await openPage(browser, service, built, html);
  // A figure that counts up is there in between: what is measured is the whole of it.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await untilLive(page, 'cb-stat-card, cb-exec-stream');
  const runs = singleRuns();
  const samples: Sample[] = [];
  for (let index = -WARM_UP; index < size.posts; index++) {
    const run = runs.next().value;
    const body = tracesBody([{ service: run.service, scope: 'bench', items: run.spans }]);
    const sample = await follow(page, body, service.key);
    if (index >= 0) samples.push(sample);
  }
  await close();
  return (['card', 'row'] as const).flatMap((name) =>
    [0.5, 0.99].map((fraction): Row => {
      const what = name === 'card' ? 'figure in cb-stat-card' : 'row in cb-exec-stream';
      const of = (key: keyof Sample) =>
        quantile(
          samples.map((sample) => sample[key]),
          fraction,
        );
      return {
        what: `POST to painted ${what}, p${fraction * 100}`,
        value: of(name),
        unit: 'ms',
        against: { what: 'POST to its answer', value: of('answered') },
        ...(fraction === 0.5 && { details: { samples: samples.map((sample) => sample[name]) } }),
      };
    }),
  );
}

/** How long a run takes: all of them alike, so that whichever ends later also began later. */
const RUN_MS = 500;

/** Runs that have just ended, one at a time. */
function* singleRuns(): Generator<Run, never> {
  const r = random(Date.now());
  for (;;) {
    const [run] = conversation(r, r.pick(agents), 0);
    if (!run) continue;
    const end = Date.now();
    const then = (at: number) => end - ((run.end - at) / (run.end - run.start)) * RUN_MS;
    const spans = run.spans.map((span) => ({
      ...span,
      start: then(span.start),
      end: then(span.end),
    }));
    yield { ...run, spans };
  }
}

/** Sends a run from the page, so that one clock tells both ends. */
function follow(page: Page, body: string, key: string): Promise<Sample> {
  return page.evaluate(
    async ([sent, ingestKey]) => {
      const inside = (tag: string, selector: string): Element | null =>
        document.querySelector(tag)?.shadowRoot?.querySelector(selector) ?? null;
      const figure = () => inside('cb-stat-card', '[part=value]')?.textContent.trim();
      // The newest run is on top, and its id does not tick.
      const newest = () => inside('cb-exec-stream', '[part=row] [part=id]')?.textContent.trim();

      /** Resolves when what `read` reads differs from now, and the frame with it is painted. */
      const painted = (tag: string, read: () => string | undefined): Promise<number> => {
        const before = read();
        const root = document.querySelector(tag)?.shadowRoot;
        if (!root) throw new Error(`There is no ${tag}.`);
        return new Promise((resolve, reject) => {
          const late = setTimeout(() => reject(new Error(`${tag} shows ${before} still.`)), 20_000);
          const observer = new MutationObserver(() => {
            if (read() === before) return;
            observer.disconnect();
            clearTimeout(late);
            // The frame's own work comes after its callbacks; a task comes after that.
            requestAnimationFrame(() => {
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = () => resolve(performance.now());
              port2.postMessage(null);
            });
          });
          observer.observe(root, { subtree: true, childList: true, characterData: true });
        });
      };

      // Not in step with the frames.
      const frames = 2 + Math.floor(Math.random() * 6);
      for (let n = 0; n < frames; n++) await new Promise(requestAnimationFrame);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 17));

      const card = painted('cb-stat-card', figure);
      const row = painted('cb-exec-stream', newest);
      const began = performance.now();
      const answer = await fetch('/v1/traces', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': ingestKey },
        body: sent,
      });
      const answered = performance.now() - began;
      if (!answer.ok) throw new Error(`The run was answered with ${answer.status}.`);
      const [cardAt, rowAt] = await Promise.all([card, row]);
      return { answered, card: cardAt - began, row: rowAt - began };
    },
    [body, key] as const,
  );
}
