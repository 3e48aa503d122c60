/**
 * `npm run bench`: what is claimed of speed and weight, measured. Parts by name:
 * `npm run bench -- weights pages`; `--small` for a quick look, `--publish` writes the table into
 * docs/benchmarks.md. Exits with 1 where a limit that does not depend on the machine is exceeded.
 */
import { parseArgs } from 'node:util';
import { chromium, ensurePrograms, postgres, type Program } from '../../scripts/support/machine.ts';
import { stopAllOnSignal } from '../../scripts/support/processes.ts';
import { conversations } from './conversations.ts';
import { executive } from './executive.ts';
import { ingest } from './ingest.ts';
import { FULL, isExceeded, SMALL, type Context, type Row, type Section } from './measure.ts';
import { pages } from './pages.ts';
import { commitNow, keep, machineFacts, publish, tableOf } from './report.ts';
import { search } from './search.ts';
import { statistics } from './statistics.ts';
import { weights } from './weights.ts';

interface Part {
  name: string;
  programs: Program[];
  measure: (context: Context) => Promise<Row[]>;
}

const parts: Part[] = [
  { name: 'weights', programs: [chromium], measure: weights },
  { name: 'ingest', programs: [postgres], measure: ingest },
  { name: 'statistics', programs: [postgres], measure: statistics },
  { name: 'conversations', programs: [postgres], measure: conversations },
  { name: 'search', programs: [postgres], measure: search },
  { name: 'executive', programs: [postgres], measure: executive },
  { name: 'pages', programs: [chromium], measure: pages },
];

function choose(names: readonly string[]): Part[] {
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0) {
    const known = parts.map(({ name }) => name).join(' ');
    throw new Error(`No such part: ${unknown.join(', ')}. Parts: ${known}`);
  }
  return names.length === 0 ? parts : parts.filter(({ name }) => names.includes(name));
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      small: { type: 'boolean', default: false },
      publish: { type: 'boolean', default: false },
    },
  });
  const chosen = choose(positionals);
  const size = values.small ? SMALL : FULL;
  await ensurePrograms([...new Set(chosen.flatMap(({ programs }) => programs))]);
  stopAllOnSignal();
  const machine = machineFacts();
  const began = performance.now();
  const since = () => `${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s`;
  const sections: Section[] = [];
  for (const { name, measure } of chosen) {
    const say = (text: string) => console.error(`${since()}  ${name}: ${text}`);
    sections.push({ name, rows: await measure({ size, say }) });
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  const at = new Date().toISOString();
  const report = { at, commit: commitNow(), machine, size, seconds, sections };
  const file = await keep(report);
  if (values.publish) await publish(report);
  console.log(tableOf(sections));
  console.log(`\nIn ${seconds} s; all of it in ${file}`);
  const exceeded = sections.flatMap(({ rows }) => rows.filter(isExceeded));
  for (const { what } of exceeded) console.error(`Too much: ${what}`);
  return exceeded.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
