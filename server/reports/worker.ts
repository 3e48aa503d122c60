/** The thread that makes documents, so that no request waits for them. */
import { parentPort } from 'node:worker_threads';
import { executivePdf, type ExecutiveReport } from './executive.ts';
import type { RenderAnswer, RenderCall } from './renderer.ts';

parentPort?.on('message', ({ id, report }: RenderCall) => {
  void answer(id, report);
});

async function answer(id: number, report: ExecutiveReport): Promise<void> {
  let told: RenderAnswer;
  try {
    told = { id, bytes: new Uint8Array(await executivePdf(report)) };
  } catch (error) {
    told = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(told);
}
