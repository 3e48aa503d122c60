import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ExecutiveOverview } from '@cloudbrain/sdk';
import { TestServer } from '../support/server.ts';
import { Cli, type Finished } from './cli.ts';

const HEADERS = {
  customers: 'id,name,domains,createdAt,plan,updatedAt,deleted',
  subscriptions: 'id,customerId,status,amountUsd,interval,changedAt,endedAt,updatedAt,deleted',
  spend: 'id,from,to,amountUsd,updatedAt,deleted',
  credits: 'id,customerId,kind,credits,amountUsd,at,updatedAt,deleted',
};

let server: TestServer;
let cli: Cli;
before(async () => {
  server = await TestServer.start();
  const env = { CLOUDBRAIN_BASE_URL: server.url, CLOUDBRAIN_API_KEY: await server.apiKey('admin') };
  cli = await Cli.open(env);
});
after(async () => {
  await cli.close();
  await server.close();
});

let files = 0;
/** A file of these lines, and the command that imports it. */
async function importOf(
  lines: readonly string[] | Buffer,
  ...args: string[]
): Promise<Finished & { file: string }> {
  files++;
  const file = `file-${files}.csv`;
  const text = Buffer.isBuffer(lines) ? lines : lines.join('\n');
  await writeFile(join(cli.home, file), text);
  return { ...(await cli.run(['business', 'import', file, ...args])), file };
}

const rows = async (table: string): Promise<Record<string, unknown>[]> =>
  (await server.store.query(`select * from ${table} order by id`)).rows;

describe('business import', () => {
  test('sends each kind, and the same file again changes nothing', async () => {
    const days = { changedAt: '2026-10-01', updatedAt: '2026-10-01T08:00:00Z' };
    const lines = {
      customers: `c1,"Acme, Inc.",app.example.com;shop.example.com,2026-09-01,team,2026-09-01,`,
      subscriptions: `s1,c1,active,1200.00,year,${days.changedAt},,${days.updatedAt},false`,
      spend: 'ads,2026-10-01,2026-11-01,3000.00,2026-10-01,',
      credits: 'u1,,usage,12.5,,2026-10-02T10:00:00+02:00,2026-10-02,',
    };
    for (const [kind, line] of Object.entries(lines)) {
      const csv = [HEADERS[kind as keyof typeof lines], line, ''];
      const { code, stdout, stderr, file } = await importOf(csv);
      assert.deepEqual([code, stderr], [0, ''], kind);
      assert.equal(stdout, `${kind}: 1 changed, 0 unchanged, 0 outdated.\n`);
      const again = await cli.run(['business', 'import', file, '--json']);
      assert.deepEqual(JSON.parse(again.stdout), {
        ...{ kind, records: 1, dryRun: false },
        ...{ changed: 0, unchanged: 1, outdated: 0 },
      });
    }
    const { body } = await server.call<ExecutiveOverview>('/api/executive/overview', {
      token: await server.apiKey('admin'),
    });
    assert.deepEqual(
      [body.businessMetrics?.mrrUsd, body.businessMetrics?.paidCustomers],
      ['100.00', 1],
    );
  });

  test('uses the file’s time for lines without one', async () => {
    const csv = ['id,name,domains,createdAt,plan', 'timed,First,,2026-09-01,'];
    const { file } = await importOf(csv);
    const path = join(cli.home, file);
    // An older file comes too late; what is said on the command line counts more.
    await writeFile(path, 'id,name,domains,createdAt,plan\ntimed,Second,,2026-09-01,\n');
    await utimes(path, new Date('2026-09-02'), new Date('2026-09-02'));
    const late = await cli.run(['business', 'import', file]);
    assert.equal(late.stdout, 'customers: 0 changed, 0 unchanged, 1 outdated.\n');
    const now = new Date().toISOString();
    const said = await cli.run(['business', 'import', file, '--updated-at', now]);
    assert.equal(said.stdout, 'customers: 1 changed, 0 unchanged, 0 outdated.\n');
    const wrong = await cli.run(['business', 'import', file, '--updated-at', 'yesterday']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /It must be a time such as 2026-11-21/);
  });

  test('keeps the order of versions within a millisecond', async () => {
    const line = (name: string, micros: string): string =>
      `exact,${name},,2026-09-01,,2026-09-01T00:00:00.${micros}Z`;
    const header = 'id,name,domains,createdAt,plan,updatedAt';
    const { stdout } = await importOf([header, line('later', '000002'), line('earlier', '000001')]);
    assert.equal(stdout, 'customers: 1 changed, 0 unchanged, 1 outdated.\n');
    const row = (await rows('customers')).find(({ id }) => id === 'exact');
    assert.equal(row?.name, 'later');
  });

  test('sends a large file in parts, and shows progress', async () => {
    const many = Array.from({ length: 2_500 }, (_, n) => `u-${n},usage,1,2026-10-02,2026-10-02`);
    const { code, stdout, file } = await importOf(['id,kind,credits,at,updatedAt', ...many]);
    assert.deepEqual([code, stdout], [0, 'credits: 2,500 changed, 0 unchanged, 0 outdated.\n']);
    const { screen } = await cli.terminal(`cloudbrain business import ${file}`);
    assert.match(screen, /Checking █+░* +\d+ % {2}[\d,]+ of [\d,]+/);
    assert.match(screen, /Sending █+░+ +40 % {2}1,000 of 2,500/);
    const end = `Sending ${'█'.repeat(30)} 100 %  2,500 of 2,500\r\u001b[Kcredits: 0 changed`;
    assert.ok(screen.includes(end), screen);
    // Long ones go in smaller parts: the server takes a body of 1 MiB.
    const name = '名'.repeat(200);
    const long = Array.from({ length: 2_000 }, (_, n) => `l-${n},${name},,2026-10-02,,2026-10-02`);
    const large = await importOf(['id,name,domains,createdAt,plan,updatedAt', ...long]);
    assert.equal(large.stdout, 'customers: 2,000 changed, 0 unchanged, 0 outdated.\n');
  });

  test('sends nothing on a dry run, which needs no login', async () => {
    const before = await rows('customers');
    const csv = ['id,name,domains,createdAt,plan', 'dry,Dry,,2026-09-01,'];
    const { file } = await importOf(csv, '--dry-run');
    const env = { CLOUDBRAIN_API_KEY: '', CLOUDBRAIN_BASE_URL: 'http://127.0.0.1:9' };
    const { code, stdout } = await cli.run(['business', 'import', file, '--dry-run'], { env });
    assert.deepEqual([code, stdout], [0, 'customers: 1 checked, all valid. Nothing was sent.\n']);
    assert.deepEqual(await rows('customers'), before);
    assert.equal((await cli.run(['business', 'import', file], { env })).code, 3);
  });

  test('is for admins and ingest keys', async () => {
    const csv = ['id,name,domains,createdAt,plan', 'c9,Nine,,2026-09-01,'];
    const { file } = await importOf(csv);
    const run = async (key: string): Promise<number | null> => {
      const { code } = await cli.run(['business', 'import', file], {
        env: { CLOUDBRAIN_API_KEY: key },
      });
      return code;
    };
    assert.equal(await run(await server.apiKey('viewer')), 4);
    assert.equal(await run(await server.ingestKey()), 0);
  });
});

describe('a file from a spreadsheet', () => {
  const customer = async (id: string): Promise<unknown[]> => {
    const row = (await rows('customers')).find((each) => each.id === id);
    return [row?.name, row?.domains, row?.plan];
  };
  const header = 'id;name;domains;createdAt;plan';

  test('may have semicolons or tabs, which its header or a line sep= shows', async () => {
    const lines = (id: string): string[] => [header, `${id};"Müller; Söhne";;2026-09-15;team`, ''];
    const tabs = (id: string): string =>
      lines(id)
        .join('\r\n')
        .replaceAll(/;(?! )/g, '\t');
    for (const [id, file] of [
      ['semicolons', Buffer.from(lines('semicolons').join('\r\n'))],
      ['marked', Buffer.from(`\ufeff${lines('marked').join('\r\n')}`)],
      ['tabs', Buffer.from(tabs('tabs'))],
      ['sep', Buffer.from(`sep=;\r\n${lines('sep').join('\r\n')}`)],
      ['sep-tab', Buffer.from(`\ufeff"sep=\t"\r\n${tabs('sep-tab')}`)],
      [
        'pipes',
        Buffer.from(
          `sep=|\n${lines('pipes')
            .join('\n')
            .replaceAll(/;(?! )/g, '|')}`,
        ),
      ],
      ['utf-16', Buffer.from(`\ufeff${tabs('utf-16')}`, 'utf16le')],
      ['utf-16-bare', Buffer.from(lines('utf-16-bare').join('\n'), 'utf16le')],
      ['utf-16-big', Buffer.from(`\ufeff${lines('utf-16-big').join('\n')}`, 'utf16le').swap16()],
    ] as const) {
      const { code, stdout, stderr } = await importOf(file);
      assert.deepEqual([code, stderr], [0, ''], id);
      assert.equal(stdout, 'customers: 1 changed, 0 unchanged, 0 outdated.\n');
      assert.deepEqual(await customer(id), ['Müller; Söhne', [], 'team'], id);
    }
  });

  test('may have any delimiter, with an option', async () => {
    const lines = ['id|name|domains|createdAt|plan', 'named|"Acme, Inc.; Ltd."||2026-09-15|team'];
    assert.equal((await importOf(lines)).code, 2);
    assert.equal((await importOf(lines, '--delimiter', '|')).code, 0);
    assert.deepEqual(await customer('named'), ['Acme, Inc.; Ltd.', [], 'team']);
    const tabs = lines.map((line) => line.replaceAll('|', '\t'));
    assert.equal((await importOf(tabs, '--delimiter', 'tab', '--dry-run')).code, 0);
    for (const wrong of ['', ';;', '"', 'a']) {
      const { code, stderr } = await importOf(lines, '--delimiter', wrong);
      assert.equal(code, 2);
      assert.match(stderr, /It must be one character, such as a semicolon, or "tab"\./);
    }
  });

  test('has several domains in quotes, with semicolons between them', async () => {
    const line = (domains: string): string => `tied-2;Tied;${domains};2026-09-15;team`;
    assert.equal((await importOf([header, line('"a.example.com; b.example.com"')])).code, 0);
    assert.deepEqual(await customer('tied-2'), [
      ...['Tied', ['a.example.com', 'b.example.com'], 'team'],
    ]);
    for (const [domains, message] of [
      ['a.example.com;b.example.com', 'line 2: has 6 cells where the header has 5\n'],
      [
        '"a.example.com, b.example.com"',
        "line 2, domains: 'a.example.com, b.example.com' must have",
      ],
    ] as const) {
      const { code, stderr } = await importOf([header, line(domains)]);
      assert.equal(code, 2);
      assert.ok(stderr.includes(message), stderr);
    }
  });

  test('is read with decimal commas only with an option', async () => {
    const spend = (id: string, amount: string): string[] => [
      'id;from;to;amountUsd',
      `${id};2026-10-01;2026-11-01;${amount}`,
    ];
    const amountOf = async (id: string): Promise<unknown> =>
      Number((await rows('acquisition_spend')).find((each) => each.id === id)?.amount_usd);
    const guessed = await importOf(spend('comma', '1,234'));
    assert.equal(guessed.code, 2);
    assert.match(
      guessed.stderr,
      /^line 2, amountUsd: '1,234' must be an amount such as 99\.00; for 1,5 pass --decimal-comma$/m,
    );
    assert.equal((await importOf(spend('comma', '1234,5'), '--decimal-comma')).code, 0);
    assert.equal(await amountOf('comma'), 1234.5);
    for (const amount of ['1234.5', '1.234,50', '1,234.50', ',5', '5,']) {
      const { code, stderr } = await importOf(spend('other', amount), '--decimal-comma');
      assert.equal(code, 2, amount);
      assert.match(stderr, /must be an amount such as 99,00$/m);
    }
    const credits = ['id;kind;credits;at', 'half;usage;0,5;2026-10-02'];
    assert.equal((await importOf(credits)).code, 2);
    assert.equal((await importOf(credits, '--decimal-comma')).code, 0);
  });

  test('reports faults by the lines of the file', async () => {
    const lines = ['sep=;', '', header, 'c1;"Two', 'lines";;2026-09-15;', '', 'c2;x;;never;'];
    for (const file of [
      Buffer.from(lines.join('\r\n')),
      Buffer.from(`\ufeff${lines.join('\r\n')}`, 'utf16le'),
    ]) {
      const { code, stderr } = await importOf(file);
      assert.equal(code, 2);
      assert.match(stderr, /^line 7, createdAt: 'never' must be a time/);
    }
    const odd = Buffer.from(`\ufeff${header}\nc1;\ud800;;2026-09-15;`, 'utf16le');
    assert.match((await importOf(odd)).stderr, /^line 2, name: '\ufffd' is not UTF-8/);
  });
});

describe('standard input', () => {
  const lines = 'id,name,domains,createdAt,plan\nstdin,Acme,,2026-09-01,team\n';
  const left = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('cloudbrain-import-'));

  test('is imported as a file is, and leaves no copy', async () => {
    const before = await left();
    const { code, stdout, stderr } = await cli.run(['business', 'import', '-'], { input: lines });
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(stdout, 'customers: 1 changed, 0 unchanged, 0 outdated.\n');
    const wrong = await cli.run(['business', 'import', '-'], { input: `${lines}x,,,,\n` });
    assert.equal(wrong.code, 2);
    assert.match(
      wrong.stderr,
      /^line 3, name: is empty\n.*\ncloudbrain: Standard input: 2 values/s,
    );
    const none = await cli.run(['business', 'import', '-'], { input: '' });
    assert.match(none.stderr, /^cloudbrain: Standard input is empty: it lacks a header row\./);
    const pipe = await cli.shell(`cloudbrain business import <(printf '${lines}') --dry-run`);
    assert.deepEqual([pipe.code, pipe.stderr], [0, '']);
    assert.deepEqual(await left(), before);
  });

  test('has the current time for lines without one', async () => {
    const run = (name: string, ...args: string[]) => {
      const input = lines.replace('Acme', name).replace('stdin', 'now');
      return cli.run(['business', 'import', '-', ...args], { input });
    };
    const first = await run('New');
    assert.equal(first.stdout, 'customers: 1 changed, 0 unchanged, 0 outdated.\n');
    const older = await run('Old', '--updated-at', '2026-09-01');
    assert.equal(older.stdout, 'customers: 0 changed, 0 unchanged, 1 outdated.\n');
  });
});

describe('an invalid file', () => {
  const isRefused = (
    { code, stdout, stderr }: Finished,
    ...messages: (string | RegExp)[]
  ): void => {
    assert.deepEqual([code, stdout], [2, ''], stderr);
    for (const message of messages) {
      if (typeof message === 'string') assert.ok(stderr.includes(message), stderr);
      else assert.match(stderr, message);
    }
    assert.match(stderr, /\n(Nothing was sent|See --help)\.\n$/);
  };

  test('is reported line by line, and not sent', async () => {
    const before = await rows('subscription_changes');
    isRefused(
      await importOf([
        HEADERS.subscriptions,
        's1,c1,active,10,month,2026-10-01,,,',
        '',
        '"s2\n\nof two",c1,aktiv,"1.200,00",day,2026-02-30,soon,,no',
        's3,c1,active,10',
        ',c1,active,-1,month,2026-10-01T10:00,,,',
        's5\u001b[2J,c1,x\u001b[2J,10,month,2026-10-01,,,',
      ]),
      "line 4, status: 'aktiv' isn't one of trial, active, paused, ended, trialing, past_due, unpaid,",
      "line 4, amountUsd: '1.200,00' must be an amount such as 99.00\n",
      "line 4, interval: 'day' isn't one of week, month, quarter, year\n",
      "line 4, changedAt: '2026-02-30' must be a time such as 2026-11-21 or 2026-11-21T10:00:00Z\n",
      "line 4, endedAt: 'soon' must be a time",
      "line 4, deleted: 'no' must be true or false\n",
      'line 7: has 4 cells where the header has 9\n',
      'line 8, id: is empty\n',
      "line 8, amountUsd: '-1' must be an amount",
      "line 8, changedAt: '2026-10-01T10:00' must be a time",
      String.raw`line 9, status: 'x\x1b[2J' isn't one of`,
      /\ncloudbrain: file-\d+\.csv: 11 values are wrong\.\n/,
    );
    assert.deepEqual(await rows('subscription_changes'), before);
  });

  test('may have any line ends, a byte order mark, and blanks around cells', async () => {
    for (const end of ['\r\n', '\n', '\r']) {
      const lines = [
        '\ufeffid, name ,domains,createdAt,plan',
        '',
        'c7,"Two\r\nlines",, 2026-09-01 ,',
        'c8,x,,never,',
      ];
      isRefused(await importOf([lines.join(end)]), "line 5, createdAt: 'never' must be a time");
    }
    isRefused(
      await importOf(
        Buffer.from('id,name,domains,createdAt,plan\nc7,Andr\xe9,,2026-09-01,\n', 'latin1'),
      ),
      "line 2, name: 'Andr\ufffd' is not UTF-8",
    );
  });

  test('has its wrong header or quotes reported', async () => {
    for (const [lines, message] of [
      [[''], /file-\d+\.csv is empty: it lacks a header row/],
      [
        ['id;name;createdAt', 'c1;Acme;2026-09-01'],
        'No record type has the columns id, name, createdAt: customers need id, name, domains, createdAt, plan; ',
      ],
      [
        ['id,name,domains,createdAt,plan,colour', 'c1,Acme,,2026-09-01,,red'],
        "customers have no column 'colour'; they have id, name, domains,",
      ],
      [['id,name,id', 'c1,Acme,c1'], "The header has the column 'id' twice"],
      [
        ['id,name,domains,createdAt,plan', 'c1,"Acme,,2026-09-01,', 'c2,Other,,2026-09-01,'],
        /is not valid CSV: .*line/,
      ],
      [['id,name,domains,createdAt,plan', 'c1,A"c"me,,2026-09-01,'], /is not valid CSV: .*line 2/],
    ] as const) {
      isRefused(await importOf(lines), message);
    }
    isRefused(
      await importOf(['id,name,domains,createdAt,plan', 'c1,Acme,,2026-09-01,'], '--kind', 'spend'),
      'spend need the column from, to, amountUsd.',
    );
  });

  test('of customers needs the columns domains and plan, though their cells may be empty', async () => {
    const all = 'id,name,domains,createdAt,plan,updatedAt';
    await importOf([all, 'tied,Tied,app.example.com,2026-09-01,team,2026-09-01']);
    for (const lost of ['domains', 'plan']) {
      const columns = all.split(',').filter((name) => name !== lost);
      const lines = [columns.join(','), columns.map(() => '2026-10-01').join(',')];
      isRefused(await importOf(lines, '--kind', 'customers'), `customers need the column ${lost}.`);
      isRefused(await importOf(lines), 'customers need id, name, domains, createdAt, plan; ');
    }
    const tied = async (): Promise<unknown[]> => {
      const row = (await rows('customers')).find(({ id }) => id === 'tied');
      return [row?.domains, row?.plan];
    };
    assert.deepEqual(await tied(), [['app.example.com'], 'team']);
    await importOf([all, 'tied,Tied,,2026-09-01,,2026-09-02']);
    assert.deepEqual(await tied(), [[], null]);
  });

  test('may be missing, or a folder', async () => {
    for (const [file, message] of [
      ['nowhere.csv', /^cloudbrain: ENOENT/],
      ['.', /^cloudbrain: EISDIR/],
    ] as const) {
      const { code, stderr } = await cli.run(['business', 'import', file]);
      assert.equal(code, 1, stderr);
      assert.match(stderr, message);
    }
  });

  test('may have no records', async () => {
    const { code, stdout, file } = await importOf([HEADERS.spend]);
    assert.deepEqual([code, stdout], [0, `${file} has no records.\n`]);
  });
});

test('records that the server rejects are reported by the lines of the file', async () => {
  const many = Array.from({ length: 1_200 }, (_, n) => `f-${n},usage,1,2026-10-02,2026-10-02`);
  const { code, stdout, stderr, file } = await importOf([
    'id,kind,credits,at,updatedAt',
    ...many,
    `${'x'.repeat(201)},usage,1,2026-10-02,2026-10-02`,
    'ancient,usage,1,1999-10-02,2026-10-02',
  ]);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /^line 1202, id: .*200 characters/m);
  assert.match(
    stderr,
    /^1,000 of 1,202 records are stored\. Send the whole file again: they stay as they are\.$/m,
  );
  assert.match(stderr, /^cloudbrain: The server rejected 1 value\.\n$/m);
  const right = ['id,kind,credits,at,updatedAt', ...many];
  await writeFile(join(cli.home, file), right.join('\n'));
  const again = await cli.run(['business', 'import', file]);
  assert.equal(again.stdout, 'credits: 200 changed, 1,000 unchanged, 0 outdated.\n');
});

test('Ctrl+C during an import reports how much is stored', async () => {
  let asked = 0;
  const slow = createServer((request, response) => {
    request.resume().once('end', () => {
      asked++;
      // The first part is taken; the second one waits for ever.
      if (asked > 1) return void slow.emit('second');
      const counts = { changed: 1_000, unchanged: 0, outdated: 0 };
      const body = { customers: counts, subscriptions: counts, spend: counts, credits: counts };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  slow.listen(0, '127.0.0.1');
  await once(slow, 'listening');
  try {
    const many = Array.from({ length: 1_500 }, (_, n) => `i-${n},usage,1,2026-10-02,2026-10-02`);
    const { file } = await importOf(['id,kind,credits,at,updatedAt', ...many], '--dry-run');
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const running = cli.start(['business', 'import', file], { env: { CLOUDBRAIN_BASE_URL: url } });
    await once(slow, 'second');
    const { code, stdout, stderr } = await running.interrupt();
    assert.deepEqual([code, stdout], [130, '']);
    assert.match(stderr, /^1,000 of 1,500 records are stored\./);
  } finally {
    slow.closeAllConnections();
    slow.close();
  }
});
