import type { StatsPeaks, StatsTokenHeatmap } from '@cloudbrain/sdk';
import type { Command } from 'commander';
import type { Context, Runs } from '../context.ts';
import { periodOf } from '../options.ts';
import { compact, count, timeIn } from '../output/format.ts';
import type { Output } from '../output/output.ts';
import type { Column } from '../output/table.ts';
import { type StatsOptions, withStats } from './stats-options.ts';
import { showTable } from './show.ts';

/** Usage by hour: `stats peaks`, `stats heatmap`. */
export function addHours(stats: Command, runs: Runs): void {
  withStats(stats.command('peaks'))
    .description('the busiest hours and weekdays')
    .action(runs(peaks));
  withStats(stats.command('heatmap'))
    .description('tokens by hour of the week')
    .action(runs(heatmap));
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const twoDigits = (hour: number): string => String(hour).padStart(2, '0');

async function peaks(context: Context, options: StatsOptions): Promise<void> {
  const { output } = context;
  const found = await (await context.client()).stats.peaks(periodOf(options));
  const { hour, weekday } = found.peak;
  if (!output.json && hour !== null && weekday !== null) {
    const day = weekdays[weekday - 1] ?? '';
    await output.line(`Busiest: the hour from ${twoDigits(hour)}:00, and ${day}.`);
  }
  const columns: Column<StatsPeaks['busiest'][number]>[] = [
    { title: 'busiest hours', value: ({ at }) => timeIn(at, found.period.timezone).slice(0, 16) },
    { title: 'requests', value: ({ requests }) => count(requests), right: true },
    { title: 'tokens', value: ({ tokens }) => compact(tokens.total), right: true },
  ];
  await showTable(output, found, { columns, rows: found.busiest });
}

async function heatmap(context: Context, options: StatsOptions): Promise<void> {
  const found = await (await context.client()).stats.tokenHeatmap(periodOf(options));
  await context.output.show(found, () => heatmapText(found, context.output));
}

const SHADES = ['·', '░', '▒', '▓', '█'] as const;
const HOURS = 24;

/** One row per weekday, two characters per hour; the darker, the more tokens. */
function heatmapText({ cells }: StatsTokenHeatmap, { paint }: Output): string {
  const tokens = new Map(cells.map((cell) => [keyOf(cell), cell.tokens.total]));
  const most = Math.max(0, ...tokens.values());
  const shadeOf = (weekday: number, hour: number): string => {
    const share = (tokens.get(keyOf({ weekday, hour })) ?? 0) / Math.max(1, most);
    return (SHADES[Math.ceil(share * (SHADES.length - 1))] ?? '').repeat(2);
  };
  const hours = Array.from({ length: HOURS }, (_, hour) => hour);
  const head = hours.map((hour) => (hour % 3 === 0 ? twoDigits(hour) : '  ')).join('');
  const rows = weekdays.map(
    (day, index) => `${day}  ${hours.map((hour) => shadeOf(index + 1, hour)).join('')}`,
  );
  const scale = `${SHADES[0]} none, ${SHADES[4]} up to ${compact(most)} tokens`;
  return [paint('bold', `     ${head.trimEnd()}`), ...rows, paint('dim', scale)].join('\n');
}

const keyOf = ({ weekday, hour }: { weekday: number; hour: number }): number =>
  weekday * HOURS + hour;
