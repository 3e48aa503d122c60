/** The threads that read telemetry: who has them when, and what becomes of them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import {
  DecodeError,
  LimitError,
  ReaderBusyError,
  ReaderLostError,
  TelemetryReader,
  type ReaderOptions,
} from '../../../server/ingest/index.ts';
import type { OtlpBody } from '../../../server/ingest/read.ts';
import { steppedRun } from './captures/genai.ts';
import { requestBody } from './otlp.ts';
import { NOW } from './take.ts';

const options = { domain: null, team: null, receivedAt: NOW };
const run = requestBody(steppedRun());

/** A body of the same run that is too large to be read at once. */
const large = (): OtlpBody => ({
  signal: 'traces',
  type: 'json',
  encoding: 'identity',
  bytes: Buffer.concat([Buffer.from(`{"padding":"${'x'.repeat(20_000)}",`), run.subarray(1)]),
});
const small = (): OtlpBody => ({ ...large(), bytes: Uint8Array.from(run) });

/** A reader, its threads, and its end with the test. */
function open(t: { after: (end: () => Promise<void>) => void }, given: ReaderOptions) {
  const threads: Worker[] = [];
  const note = (worker: Worker): unknown => threads.push(worker);
  process.on('worker', note);
  const reader = new TelemetryReader(given);
  t.after(async () => {
    process.off('worker', note);
    await reader.close();
  });
  const read = (workspace: string, body = large(), signal?: AbortSignal) =>
    reader.read(workspace, body, options, signal);
  return { reader, threads, read };
}

suite('a body', () => {
  test('is read alike at once and in a thread, zipped and not', async (t) => {
    const { read, threads } = open(t, { inlineBytes: run.length });
    const atOnce = await read('a', small());
    assert.equal(threads.length, 0);
    const zipped: OtlpBody = { ...small(), encoding: 'gzip', bytes: gzipSync(run) };
    assert.deepEqual(await read('a', zipped), atOnce);
    assert.equal(threads.length, 0);
    const inThread = await read('a', {
      ...large(),
      encoding: 'gzip',
      bytes: gzipSync(large().bytes),
    });
    assert.equal(threads.length, 1);
    assert.deepEqual(inThread, atOnce);
    assert.ok(atOnce.batch.observations.length > 0);
  });

  test('that is refused is refused alike', async (t) => {
    const { read } = open(t, { inlineBytes: 100 });
    const bytes = (text: string) => ({ ...large(), bytes: Buffer.from(text) });
    for (const padding of ['', ' '.repeat(200)]) {
      await assert.rejects(read('a', bytes(`{"resourceSpans":[7]${padding}}`)), (error) => {
        assert.ok(error instanceof DecodeError && !(error instanceof LimitError));
        assert.deepEqual(
          [error.message, error.path],
          ['resourceSpans[0] is not an object', '/resourceSpans/0'],
        );
        return true;
      });
    }
    await assert.rejects(read('a', bytes(`{"a":${'['.repeat(300)}`)), LimitError);
    await assert.rejects(read('a', { ...bytes('no gzip'), encoding: 'gzip' }), {
      message: 'The body is not valid gzip.',
    });
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20), { level: 1 });
    await assert.rejects(read('a', { ...large(), encoding: 'gzip', bytes: bomb }), {
      name: 'LimitError',
      message: 'The body is over 16 MiB.',
    });
  });
});

suite('workspaces', () => {
  test('take turns, however much one of them sends', async (t) => {
    const { read } = open(t, { threads: 1 });
    const order: string[] = [];
    const noted = (workspace: string) => read(workspace).then(() => order.push(workspace));
    await Promise.all([
      ...Array.from({ length: 6 }, () => noted('many')),
      noted('one'),
      noted('two'),
    ]);
    assert.deepEqual(order.slice(0, 4), ['many', 'many', 'one', 'two']);
  });

  test('leave a thread to the others', async (t) => {
    const { read, threads } = open(t, { threads: 2 });
    await Promise.all(Array.from({ length: 6 }, () => read('many')));
    assert.equal(threads.length, 1);
    await Promise.all([read('many'), read('one')]);
    assert.equal(threads.length, 2);
  });

  test('may have so much waiting, each by itself and all together', async (t) => {
    const { length } = large().bytes;
    const isBusy = (result: PromiseSettledResult<unknown>): boolean =>
      result.status === 'rejected' && result.reason instanceof ReaderBusyError;
    const requests = open(t, { threads: 1, maxWaitingRequests: 2 });
    const sent = await Promise.allSettled([
      ...['a', 'a', 'a', 'a', 'b'].map((workspace) => requests.read(workspace)),
    ]);
    assert.deepEqual(sent.map(isBusy), [false, false, false, true, false]);
    const bytes = open(t, { threads: 1, maxWaiting: 2 * length, maxWaitingTotal: 3 * length });
    const more = await Promise.allSettled([
      ...['a', 'a', 'a', 'a', 'b', 'c'].map((workspace) => bytes.read(workspace)),
    ]);
    assert.deepEqual(more.map(isBusy), [false, false, false, true, false, true]);
    assert.ok((await bytes.read('a')).batch.observations.length > 0, 'and again later');
  });

  test('do not read what nobody waits for any more', async (t) => {
    const { read } = open(t, { threads: 1, maxWaitingRequests: 1 });
    const gone = new AbortController();
    const first = read('a');
    const second = read('a', large(), gone.signal);
    gone.abort(new Error('gone'));
    await assert.rejects(second, { message: 'gone' });
    await Promise.all([first, read('a')]);
  });
});

suite('a thread', () => {
  test('that ends is replaced, and what it read may be sent again', async (t) => {
    const lost: Error[] = [];
    const { read, threads } = open(t, { threads: 1, onLost: (error) => lost.push(error) });
    const started = once(process, 'worker') as Promise<[Worker]>;
    const reading = assert.rejects(read('a'), ReaderLostError);
    const waiting = read('a');
    const [thread] = await started;
    void thread.terminate();
    await reading;
    assert.ok((await waiting).batch.observations.length > 0);
    assert.deepEqual([threads.length, lost.length], [2, 1]);
  });

  test('that ends while it is idle is replaced', async (t) => {
    const { read, threads } = open(t, { threads: 1 });
    await read('a');
    await threads[0]?.terminate();
    assert.ok((await read('a')).batch.observations.length > 0);
    assert.equal(threads.length, 2);
  });

  test('that takes too long is ended', async (t) => {
    const { read } = open(t, { threads: 1, timeoutMs: 1 });
    const started = once(process, 'worker') as Promise<[Worker]>;
    const slow: OtlpBody = { ...large(), bytes: Buffer.from(`{"a":[${'1,'.repeat(7_000_000)}1]}`) };
    const reading = assert.rejects(read('a', slow), ReaderLostError);
    const [thread] = await started;
    const ended = once(thread, 'exit');
    await reading;
    await ended;
  });

  test('ends with its reader, and what waits is refused', async (t) => {
    const { reader, read } = open(t, { threads: 1 });
    const started = once(process, 'worker') as Promise<[Worker]>;
    const settled = Promise.allSettled([read('a'), read('a')]);
    const [thread] = await started;
    const ended = once(thread, 'exit');
    await reader.close();
    await ended;
    assert.deepEqual(
      (await settled).map((one) => one.status === 'rejected' && (one.reason as Error).name),
      ['ReaderLostError', 'ReaderBusyError'],
    );
    await assert.rejects(read('a'), ReaderBusyError);
  });
});
