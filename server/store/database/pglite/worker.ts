/**
 * PGlite runs here, off the main thread: a query would stall every request otherwise.
 * Speaks the messages of `client.ts`.
 */
import { PGlite } from '@electric-sql/pglite';
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { PGlitePlace, WorkerAnswer, WorkerCall } from './client.ts';
import { CopiedFiles } from './copied-files.ts';

const port = parentPort;
if (!port) throw new Error('pglite/worker has to run in a worker thread');

/** int8 and date come as the same JavaScript values that the pg driver is set to give. */
const parsers = { 20: Number, 1082: (value: string) => value };

/**
 * PGlite gives each file the mode that PostgreSQL or its archive names, 0666 for most, whatever the
 * process's umask. Nothing else runs in this thread.
 */
const chmod = fs.chmodSync;
fs.chmodSync = (path, mode) => chmod(path, typeof mode === 'number' ? mode & 0o700 : mode);

const opened = open(workerData as PGlitePlace);

async function open({ dataDir, snapshot }: PGlitePlace): Promise<PGlite> {
  return PGlite.create({
    ...(dataDir && { dataDir }),
    ...(snapshot && { fs: new CopiedFiles(snapshot) }),
    parsers,
  });
}

async function answer(call: WorkerCall): Promise<WorkerAnswer> {
  try {
    const db = await opened;
    switch (call.type) {
      case 'open':
        return { id: call.id, rows: [], affected: 0 };
      case 'query': {
        const result = await db.query<Record<string, unknown>>(call.sql, [...call.params]);
        return { id: call.id, rows: result.rows, affected: result.affectedRows ?? 0 };
      }
      case 'exec': {
        const results = await db.exec(call.sql);
        return { id: call.id, rows: results.flatMap(({ rows }) => rows), affected: 0 };
      }
      case 'close':
        await db.close();
        return { id: call.id, rows: [], affected: 0 };
    }
  } catch (error) {
    return { id: call.id, error: plain(error) };
  }
}

/** Errors lose their fields in a structured clone; these are the ones that callers read. */
function plain(error: unknown): { message: string; fields: Record<string, string> } {
  if (!(error instanceof Error)) return { message: String(error), fields: {} };
  const fields: Record<string, string> = {};
  for (const name of ['code', 'detail', 'hint', 'constraint', 'table', 'column', 'severity']) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'string') fields[name] = value;
  }
  return { message: error.message, fields };
}

port.on('message', (call: WorkerCall) => {
  void answer(call).then((result) => {
    port.postMessage(result);
    if (call.type === 'close') port.close();
  });
});
