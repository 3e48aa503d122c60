import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { canResume, type Part, saveParts } from '../../cli/output/save-parts.ts';

const TEXTS = ['one\n', 'two\n', 'three\n', 'four\n'];
const WHOLE = TEXTS.join('');

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudbrain-parts-'));
  file = join(folder, 'all.ndjson');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = { about: 'all', resume: false, restart: false };

/** The parts after a cursor; `breakAfter` of them, then an error. */
function source(breakAfter = Infinity) {
  return async function* (cursor: string | undefined): AsyncGenerator<Part> {
    let sent = 0;
    for (let at = Number(cursor ?? 0); at < TEXTS.length; at++) {
      if (sent++ === breakAfter) throw new Error('It broke off.');
      const next = at + 1 < TEXTS.length ? String(at + 1) : null;
      yield await Promise.resolve({ text: TEXTS[at] ?? '', next });
    }
  };
}

const broken = (options: Partial<typeof start>, after: number): Promise<void> =>
  assert.rejects(saveParts({ file, ...start, ...options }, source(after)), /It broke off\./);

describe('a file in parts', () => {
  test('is continued where it broke off, any number of times', async () => {
    await broken({}, 1);
    assert.equal(await canResume(file), true);
    await broken({ resume: true }, 0);
    await broken({ resume: true }, 1);
    const bytes = await saveParts({ file, ...start, resume: true }, source());
    assert.equal(bytes, WHOLE.length);
    assert.equal(await readFile(file, 'utf8'), WHOLE);
    assert.deepEqual(await readdir(folder), ['all.ndjson']);
  });

  test('is not started over by mistake', async () => {
    await broken({}, 2);
    await assert.rejects(saveParts({ file, ...start }, source()), {
      name: 'Error',
      code: 2,
      advice: 'Continue it with --resume, or discard it with --restart.',
    });
    await saveParts({ file, ...start, resume: true }, source());
    assert.equal(await readFile(file, 'utf8'), WHOLE);
  });

  test('that was started over and broke off before its first part has nothing to continue', async () => {
    await broken({}, 2);
    await broken({ restart: true }, 0);
    assert.deepEqual(await readdir(folder), []);
    await assert.rejects(
      saveParts({ file, ...start, resume: true }, source()),
      /no unfinished export to cont/,
    );
    await saveParts({ file, ...start }, source());
    assert.equal(await readFile(file, 'utf8'), WHOLE);
  });

  test('is not continued from a draft that is shorter than its notes say', async () => {
    for (const spoil of [
      () => truncate(`${file}.part`, 3),
      () => rm(`${file}.part`),
      () => writeFile(`${file}.part.json`, '{"cur'),
    ]) {
      await broken({}, 2);
      await spoil();
      assert.equal(await canResume(file), false);
      await assert.rejects(saveParts({ file, ...start, resume: true }, source()), { code: 2 });
      await saveParts({ file, ...start }, source());
      assert.equal(await readFile(file, 'utf8'), WHOLE);
      assert.deepEqual(await readdir(folder), ['all.ndjson']);
    }
  });

  test('keeps no empty draft, and leaves the existing file', async () => {
    await writeFile(file, 'an old one');
    await broken({}, 0);
    assert.deepEqual(await readdir(folder), ['all.ndjson']);
    assert.equal(await readFile(file, 'utf8'), 'an old one');
  });
});
