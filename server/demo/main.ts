/**
 * The demo fleet, as a process of its own: it knows the service only by its address and an
 * ingest key, like any exporter. Reads CLOUDBRAIN_DEMO_URL, CLOUDBRAIN_DEMO_KEY and, where a
 * history is to be sent first, CLOUDBRAIN_DEMO_UNTIL (epoch ms at which it ends).
 */
import { sendBusinessHistory } from './business.ts';
import { sendHistory } from './history.ts';
import { runLive } from './live.ts';

const {
  CLOUDBRAIN_DEMO_URL: url,
  CLOUDBRAIN_DEMO_KEY: key,
  CLOUDBRAIN_DEMO_UNTIL: until,
} = process.env;
if (!url || !key) {
  console.error('CLOUDBRAIN_DEMO_URL and CLOUDBRAIN_DEMO_KEY are needed');
  process.exit(1);
}
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
// Without the process that started it nobody wants its telemetry.
process.once('disconnect', () => stop.abort());
const target = { url, key, signal: stop.signal };

try {
  if (until) {
    const seed = 20_26;
    await sendBusinessHistory(target, { seed, until: Number(until) });
    const sent = await sendHistory(target, {
      seed,
      until: Number(until),
      onProgress: (progress) => process.send?.({ type: 'progress', ...progress }),
    });
    process.send?.({ type: 'history', ...sent });
  }
  process.send?.({ type: 'live' });
  await runLive(target, Date.now() % 1_000_000);
} catch (error) {
  if (!stop.signal.aborted) throw error;
} finally {
  // Listening for the other side's end keeps this one alive.
  if (process.connected) process.disconnect();
}
