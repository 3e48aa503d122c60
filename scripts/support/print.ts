import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Styled where the terminal takes it; NO_COLOR and pipes are honoured. */
export const styled = (style: Style, text: string): string =>
  styleText(style, text, { stream: process.stdout });

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Rows as a table with aligned columns; all but the first column right-aligned. */
export function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column === 0 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
