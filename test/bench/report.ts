/** The table and the file of a run, with the facts of the machine that it ran on. */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium, postgres } from '../../scripts/support/machine.ts';
import { inRoot } from '../../scripts/support/root.ts';
import { isExceeded, type Row, type Section, type Size, type Unit } from './measure.ts';

export interface Report {
  at: string;
  commit: string;
  machine: Record<string, string>;
  size: Size;
  seconds: number;
  sections: Section[];
}

const output = (program: string | undefined, ...args: string[]): string => {
  try {
    return execFileSync(program ?? '', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
};

/** What the figures depend on. */
export function machineFacts(): Record<string, string> {
  const [cpu, ...others] = cpus();
  const load = loadavg().map((of) => of.toFixed(1));
  return {
    cpu: `${others.length + 1} × ${cpu?.model.trim() || process.arch}`,
    memory: `${Math.round(totalmem() / 1024 ** 3)} GB`,
    'load at the start': load.join(' '),
    node: process.version,
    postgres: output(join(dirname(postgres.find() ?? ''), 'postgres'), '--version'),
    chromium: output(chromium.find(), '--version'),
  };
}

export const commitNow = (): string =>
  output('git', '-C', inRoot(), 'describe', '--always', '--dirty');

const digits: Record<Unit, number> = {
  KB: 2,
  ms: 1,
  'spans/s': 0,
  'events/s': 0,
  count: 0,
};

function format(value: number, unit: Unit): string {
  const text = value.toLocaleString('en', {
    minimumFractionDigits: digits[unit],
    maximumFractionDigits: digits[unit],
  });
  return unit === 'count' ? text : `${text} ${unit}`;
}

function cells(row: Row): string[] {
  const { what, value, unit, against } = row;
  const told = format(value, unit);
  if (!against) return [what, told, '', ''];
  const ratio = against.value / value;
  const verdict = isExceeded(row) ? '**too much**' : 'holds';
  return [
    what,
    told,
    `${format(against.value, unit)} (${against.what})`,
    row.gate ? verdict : ratio.toFixed(ratio < 10 ? 2 : 0),
  ];
}

/** The sections as one table in Markdown. The last column: the other figure by ours. */
export function tableOf(sections: readonly Section[]): string {
  const head = ['', 'measured', 'against', 'ratio'];
  const rows = sections.flatMap(({ name, rows: of }) => [
    [`**${name}**`, '', '', ''],
    ...of.map(cells),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string => {
    const padded = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Keeps a run for later comparison; returns where. */
export async function keep(report: Report): Promise<string> {
  const folder = inRoot('test', 'bench', 'results');
  await mkdir(folder, { recursive: true });
  const name = report.at.replace(/[-:]|\.\d+/g, '');
  const file = join(folder, `${name}.json`);
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
}

/** Writes the table into the documentation. */
export async function publish({ at, commit, machine, seconds, sections }: Report): Promise<void> {
  const page = inRoot('docs', 'benchmarks.md');
  const facts = Object.entries({ ...machine, commit }).map(([name, value]) => `${name}: ${value}`);
  const text = `Measured on ${at.slice(0, 10)} in ${seconds} s.\n\n- ${facts.join('\n- ')}`;
  const before = await readFile(page, 'utf8');
  const after = before.replace(
    /(?<=<!-- table -->\n).*(?=<!-- \/table -->)/s,
    () => `\n${text}\n\n${tableOf(sections)}\n\n`,
  );
  await writeFile(page, after);
}
