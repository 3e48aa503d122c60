import { MemoryFS } from '@electric-sql/pglite';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of Emscripten's file system is used here; PGlite's types leave it open. */
interface Files {
  mkdirTree(path: string, mode: number): void;
  createDataFile(
    folder: string,
    name: string,
    bytes: Uint8Array,
    canRead: boolean,
    canWrite: boolean,
    canOwn: boolean,
  ): void;
}

/**
 * Files in memory that start as a copy of a closed database's directory. Loading PGlite's own dump
 * takes three times as long, and a dump of an open database has to recover at each start.
 */
export class CopiedFiles extends MemoryFS {
  readonly #directory: string;

  constructor(directory: string) {
    super();
    this.#directory = directory;
  }

  override async initialSyncFs(): Promise<void> {
    if (!this.pg) throw new Error('PGlite read its files before they were copied');
    const { FS } = this.pg.Module as unknown as { FS: Files };
    const copy = (from: string, to: string): void => {
      FS.mkdirTree(to, 0o700);
      for (const entry of readdirSync(from, { withFileTypes: true })) {
        const path = join(from, entry.name);
        if (entry.isDirectory()) copy(path, `${to}/${entry.name}`);
        // The last argument hands the bytes over: they aren't copied once more.
        else FS.createDataFile(to, entry.name, readFileSync(path), true, true, true);
      }
    };
    copy(this.#directory, DATA);
  }
}

/** Where PGlite looks for its database. */
const DATA = '/pglite/data';
