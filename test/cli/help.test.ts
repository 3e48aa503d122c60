import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Cli } from './cli.ts';

let cli: Cli;
before(async () => {
  cli = await Cli.open();
});
after(() => cli.close());

describe('help', () => {
  for (const words of [[], ['stats'], ['stats', 'timeline'], ['business', 'import'], ['help']]) {
    test(`shows what --help does: ${['cloudbrain', ...words].join(' ')}`, async () => {
      const [help, option] = await Promise.all([
        cli.run(['help', ...words]),
        cli.run([...words, '--help']),
      ]);
      assert.deepEqual([help.code, help.stderr], [0, '']);
      assert.equal(help.stdout, option.stdout);
      assert.match(help.stdout, new RegExp(`^Usage: ${['cloudbrain', ...words].join(' ')}`));
    });
  }
});

describe('an unknown command', () => {
  for (const [line, word, meant] of [
    ['stast', 'stast', 'stats'],
    ['help stast', 'stast', 'stats'],
    ['stast --help', 'stast', 'stats'],
    ['stats tmeline', 'tmeline', 'timeline'],
    ['help stats tmeline', 'tmeline', 'timeline'],
    ['stats tmeline --help', 'tmeline', 'timeline'],
    ['business imprt x.csv', 'imprt', 'import'],
    ['help business imprt', 'imprt', 'import'],
  ] as const) {
    test(`gets a suggestion, and ends with 2: ${line}`, async () => {
      const { code, stdout, stderr } = await cli.run(line.split(' '));
      assert.deepEqual([code, stdout], [2, '']);
      assert.equal(
        stderr,
        `cloudbrain: unknown command '${word}'\n(Did you mean ${meant}?)\nSee --help.\n`,
      );
    });
  }

  test('gets no suggestion where nothing is similar', async () => {
    const { code, stderr } = await cli.run(['help', 'frobnicate']);
    assert.equal(code, 2);
    assert.equal(stderr, "cloudbrain: unknown command 'frobnicate'\nSee --help.\n");
  });
});
