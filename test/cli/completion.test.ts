import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { enums } from '../../cli/generated/contract.ts';
import { Cli } from './cli.ts';

let cli: Cli;
before(async () => {
  cli = await Cli.open();
});
after(() => cli.close());

/** The proposals for the next word, as shells get them. */
async function proposed(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await cli.run(['__complete', '--', ...words]);
  assert.deepEqual([code, stderr], [0, '']);
  return stdout
    .split('\n')
    .flatMap((line) => line.split('\t')[0] ?? [])
    .filter(Boolean);
}

describe('proposals', () => {
  test('are commands', async () => {
    const commands = await proposed('');
    assert.ok(commands.includes('stats') && commands.includes('executions'));
    assert.ok(!commands.includes('__complete'));
    assert.deepEqual(await proposed('executio'), ['executions']);
    assert.deepEqual(await proposed('executions', ''), ['list', 'get']);
    assert.deepEqual(await proposed('nonsense', ''), []);
    assert.deepEqual(await proposed('executions', 'get', ''), []);
  });

  test('are options, those of the default command as well', async () => {
    assert.deepEqual(await proposed('executions', 'list', '--st'), ['--status']);
    assert.deepEqual(await proposed('executions', '--st'), ['--status']);
    assert.deepEqual(await proposed('cleanup', 'run', '--'), [
      ...['--dry-run', '--wait', '--yes', '--help', '--version', '--json', '--base-url'],
      '--verbose',
    ]);
    assert.ok((await proposed('whoami', '--')).includes('--json'));
    assert.deepEqual(await proposed('--json', 'stats', 'timeline', '--gran'), ['--granularity']);
  });

  test('are values of options and arguments', async () => {
    assert.deepEqual(await proposed('stats', '--timeframe', ''), [...enums.Timeframe]);
    assert.deepEqual(await proposed('executions', '--user', 'x', '--status', 'f'), ['failed']);
    assert.deepEqual(await proposed('executions', '--user', ''), []);
    assert.deepEqual(await proposed('tail', 'executions', 'st'), ['stats']);
    assert.deepEqual(await proposed('completion', ''), ['bash', 'zsh', 'fish']);
    assert.deepEqual(await proposed('admin', 'error'), ['errors', 'error-groups', 'error']);
    assert.deepEqual(await proposed('admin', 'errors', '--severity', ''), [...enums.Severity]);
    assert.deepEqual(await proposed('stats', 'timeline', '--granularity', ''), [
      ...enums.Granularity,
    ]);
    assert.deepEqual(await proposed('api', 'P'), ['POST', 'PUT', 'PATCH']);
    assert.deepEqual(await proposed('api', 'GET', '/api/stats/over'), ['/api/stats/overview']);
  });

  test('are the same commands after help', async () => {
    assert.deepEqual(await proposed('help', 'executio'), ['executions']);
    assert.deepEqual(await proposed('help', 'executions', ''), ['list', 'get']);
  });
});

const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const unless = (shell: string): { skip: string | false } => ({
  skip: has(shell) ? false : `There is no ${shell} here.`,
});

describe('a shell', () => {
  test('bash completes', unless('bash'), async () => {
    const { code, stdout, stderr } = await cli.shell(`
      source <(cloudbrain completion bash)
      complete -p cloudbrain
      try() {
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"
        _cloudbrain
        echo "\${COMPREPLY[*]}"
      }
      try cloudbrain executio
      try cloudbrain stats --timeframe ''
      try cloudbrain executions list --status f
      try cloudbrain '$(touch ran)' '\`touch ran\`' "\\$(touch ran)"
      ls ran`);
    assert.notEqual(code, 0);
    assert.deepEqual(stdout.split('\n'), [
      'complete -F _cloudbrain cloudbrain',
      'executions',
      enums.Timeframe.join(' '),
      'failed',
      '',
      '',
    ]);
    assert.match(stderr, /^ls: .*ran/, 'What was typed was run.');
  });

  test(
    'bash completes after an address, whose parts it takes for words',
    unless('bash'),
    async () => {
      const { screen } = await cli.terminal('bash --norc --noprofile -i', {
        env: { PS1: '%% ' },
        typed: [
          ['%', 'source <(cloudbrain completion bash); echo loaded-$((1 + 1))\r'],
          ['loaded-2', 'cloudbrain --base-url http://127.0.0.1:9 executio\t'],
          ['executions', 'list --status f\t'],
          ['failed', '\u0003'],
          ['%', 'exit\r'],
        ],
      });
      assert.match(screen, /--base-url http:\/\/127\.0\.0\.1:9 executions list --status failed/);
    },
  );

  test('fish completes', unless('fish'), async () => {
    const script = join(cli.home, 'try.fish');
    await writeFile(
      script,
      `cloudbrain completion fish | source
complete -C 'cloudbrain executio'
complete -C 'cloudbrain stats --timeframe '
complete -C 'cloudbrain executions list --status f'
complete -C 'cloudbrain "$(touch ran)" '
test -e ran; and echo ran
`,
    );
    const { stdout, stderr } = await cli.shell(`fish --no-config ${script}`);
    assert.equal(stderr, '');
    assert.deepEqual(stdout.split('\n').filter(Boolean), [
      'executions\truns of agents',
      ...enums.Timeframe,
      'failed',
    ]);
  });

  test('zsh completes', unless('zsh'), async () => {
    // It completes only what is typed at its own terminal.
    const { screen } = await cli.terminal('zsh -f -i', {
      env: { PS1: '%% ' },
      typed: [
        ['%', 'autoload -Uz compinit; compinit -u -D; source <(cloudbrain completion zsh)\r'],
        ['%', 'echo loaded-$((1 + 1))\r'],
        ['loaded-2', 'cloudbrain executio\t'],
        ['executions', 'li\t'],
        ['list', '--status f\t'],
        ['failed', '\u0003'],
        ['%', 'exit\r'],
      ],
    });
    assert.match(screen, /failed/);
  });

  test('of another kind gets no script', async () => {
    assert.equal((await cli.run(['completion', 'tcsh'])).code, 2);
  });
});
