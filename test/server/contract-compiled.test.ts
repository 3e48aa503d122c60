import fc from 'fast-check';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { inRoot } from '../../scripts/support/root.ts';
import { compilerOf, REQUESTS } from '../../server/contract/compile.ts';
import { compiled, loadCompiled } from '../../server/contract/compiled.ts';
import { documentOf, type JsonSchema } from '../../server/contract/document.ts';
import { almost, anyJson, valid } from '../support/arbitrary.ts';
import { runs } from '../support/effort.ts';

/** A contract that takes a moment only to compile. */
const small = `
openapi: 3.1.0
info: { title: First, version: 1.0.0 }
paths:
  /api/things/{id}:
    get:
      operationId: things.get
      tags: [things]
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses: { '204': { description: Nothing } }
components:
  schemas:
    LiveCommand: { type: object }
    LiveEvent: { discriminator: { propertyName: event, mapping: {} } }
`;

describe('what is compiled of a contract', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cloudbrain-compiled-'));
  });
  const folder = () => pathToFileURL(`${join(directory, 'kept')}/`);
  const remove = () => rm(directory, { recursive: true, force: true });
  const kept = async (): Promise<string[]> => readdir(folder()).catch(() => []);
  const title = (contract = small) => loadCompiled(contract, folder()).source.info.title;

  test('is used again', async (t) => {
    t.after(remove);
    assert.equal(title(), 'First');
    const [name = ''] = await kept();
    const document = join(directory, 'kept', name, 'document.json');
    await writeFile(document, (await readFile(document, 'utf8')).replace('First', 'Kept'));
    assert.equal(title(), 'Kept');
  });

  test('is made again for another text, which takes its place', async (t) => {
    t.after(remove);
    assert.equal(title(), 'First');
    const before = await kept();
    const other = small.replace('First', 'Second').replace('type: integer', 'type: boolean');
    assert.equal(title(other), 'Second');
    const schema = { type: 'object', required: ['id'], properties: { id: { type: 'boolean' } } };
    const { requests } = loadCompiled(other, folder()).checks;
    assert.equal(requests[JSON.stringify(schema)]?.({ id: true }), true);
    const now = await kept();
    assert.equal(now.length, 1);
    assert.notDeepEqual(now, before);
  });

  test('is made again where a file of it is damaged or missing', async (t) => {
    t.after(remove);
    assert.equal(title(), 'First');
    const [name = ''] = await kept();
    for (const file of ['document.json', 'requests.cjs', 'answers.cjs']) {
      const path = join(directory, 'kept', name, file);
      const whole = await readFile(path, 'utf8');
      await writeFile(path, `${whole.slice(0, -1)}(`);
      assert.doesNotThrow(() => loadCompiled(small, folder()).checks.answers(), file);
      assert.equal(await readFile(path, 'utf8'), whole, file);
      await rm(path);
      assert.doesNotThrow(() => loadCompiled(small, folder()).checks.answers(), file);
      assert.equal(await readFile(path, 'utf8'), whole, file);
    }
  });

  test('is made for this start alone where it cannot be kept', async (t) => {
    t.after(remove);
    await writeFile(join(directory, 'kept'), 'no folder');
    assert.equal(title(), 'First');
    assert.equal(title(), 'First');
  });

  test('is not kept of a contract that is wrong', async (t) => {
    t.after(remove);
    assert.throws(() => title(small.replace('type: integer', 'type: whole')), /type/);
    assert.throws(() => title(`${small}\n  - `), /./);
    assert.deepEqual(await kept(), []);
  });

  test('is all that a start needs: no YAML is parsed, no schema compiled', async (t) => {
    t.after(remove);
    compiled();
    const script = `
      const { Contract } = await import(${JSON.stringify(inRoot('server/contract/index.ts'))});
      new Contract();
      const { createRequire } = await import('node:module');
      const { cache } = createRequire(${JSON.stringify(inRoot('server/start.ts'))});
      console.log(Object.keys(cache).join('\\n'));`;
    const args = ['--conditions=@cloudbrain/source', '--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const loaded = stdout.split('\n');
    assert.ok(loaded.some((path) => path.includes('/ajv/dist/runtime/')));
    const tools = loaded.filter((path) => /\/(?:yaml\/dist|ajv\/dist\/(?!runtime\/))/.test(path));
    assert.deepEqual(tools, []);
  });
});

describe('a compiled check finds the same as one that Ajv compiles at once', () => {
  const { source, checks } = compiled();
  for (const [kind, { validators, options }] of Object.entries({
    requests: { validators: checks.requests, options: REQUESTS },
    answers: { validators: checks.answers(), options: {} },
  })) {
    const compileAtOnce = compilerOf(documentOf(source), options);
    test(`of ${kind}`, () => {
      const bad = { found: 0 };
      for (const [key, compiledCheck] of Object.entries(validators)) {
        const schema = JSON.parse(key) as JsonSchema;
        const atOnce = compileAtOnce(schema);
        const given = fc.oneof(valid(schema), almost(schema), anyJson());
        fc.assert(
          fc.property(given, (value) => {
            const [one, other] = [structuredClone(value), structuredClone(value)];
            assert.equal(compiledCheck(one), atOnce(other));
            assert.deepEqual(compiledCheck.errors, atOnce.errors);
            // Defaults are filled in.
            assert.deepEqual(one, other);
            bad.found += compiledCheck.errors?.length ?? 0;
          }),
          { numRuns: runs(15) },
        );
      }
      assert.ok(bad.found > runs(300), `${bad.found} faults`);
    });
  }
});
