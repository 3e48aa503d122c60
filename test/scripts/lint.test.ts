import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ESLint } from 'eslint';
import { inRoot, root } from '../../scripts/support/root.ts';

/** The rules that a piece of an element's file breaks. */
async function broken(code: string): Promise<(string | null)[]> {
  const eslint = new ESLint({
    cwd: root,
    // Types would need the file on disk; these rules do without.
    overrideConfig: { languageOptions: { parserOptions: { project: null } } },
    ruleFilter: ({ ruleId }) => ruleId.startsWith('lit/') || ruleId === 'no-restricted-imports',
  });
  const filePath = inRoot('components', 'cb-example', 'cb-example.ts');
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).map((message) => message.ruleId);
}

test('a style attribute in a template is an error', async () => {
  assert.deepEqual(await broken('html`<p style="color: red">x</p>`;'), ['lit/ban-attributes']);
  assert.deepEqual(await broken('html`<p style=${styles}>x</p>`;'), ['lit/ban-attributes']);
  assert.deepEqual(await broken('html`<p class="red">x</p>`;'), []);
});

test('an element can not import what only Node has', async () => {
  assert.deepEqual(await broken("import 'node:fs';"), ['no-restricted-imports']);
});
