import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  symlink,
  utimes,
  lutimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A data directory with something beside it that is nobody's business. */
export class Files {
  readonly base: string;
  readonly data: string;
  readonly outside: string;
  /** A whole second: what `utimes` sets, `lstat` then tells exactly. */
  readonly now = Math.floor(Date.now() / 1000) * 1000;

  private constructor(base: string, data = join(base, 'data')) {
    this.base = base;
    this.data = data;
    this.outside = join(base, 'outside');
  }

  /** Those of a data directory that there is already. */
  static in(data: string): Files {
    return new Files(data, data);
  }

  static async create(): Promise<Files> {
    const files = new Files(await mkdtemp(join(tmpdir(), 'cloudbrain-cleanup-')));
    await mkdir(files.data);
    await mkdir(files.outside);
    await writeFile(join(files.outside, 'precious.txt'), 'precious');
    await files.age(HOUR * 9000, join(files.outside, 'precious.txt'), files.outside);
    return files;
  }

  remove(): Promise<void> {
    return rm(this.base, { recursive: true, force: true });
  }

  /** A file below the data directory that was, like its directories, last changed then. */
  async write(path: string, age: number, text = 'text'): Promise<string> {
    const file = join(this.data, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    for (let each = file; each !== this.data; each = dirname(each)) await this.age(age, each);
    return file;
  }

  async directory(path: string, age: number): Promise<string> {
    const directory = join(this.data, path);
    await mkdir(directory, { recursive: true });
    await this.age(age, directory);
    return directory;
  }

  async link(path: string, target: string, age: number): Promise<string> {
    const link = join(this.data, path);
    await mkdir(dirname(link), { recursive: true });
    await symlink(target, link);
    const at = new Date(this.now - age);
    await lutimes(link, at, at);
    for (let each = dirname(link); each !== this.data; each = dirname(each)) {
      await this.age(age, each);
    }
    return link;
  }

  async age(age: number, ...paths: string[]): Promise<void> {
    const at = new Date(this.now - age);
    for (const path of paths) await utimes(path, at, at);
  }

  async has(path: string): Promise<boolean> {
    return lstat(join(this.data, path)).then(
      () => true,
      () => false,
    );
  }

  /** All that is below the data directory. */
  async all(): Promise<string[]> {
    const paths = await readdir(this.data, { recursive: true });
    return paths.sort();
  }
}
