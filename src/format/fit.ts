import { formatValue, type Value, type ValueFormat } from './value.ts';

/** The short form of a format. The others are short as they are. */
const COMPACT: Partial<Record<ValueFormat, ValueFormat>> = {
  number: 'compact',
  tokens: 'compact',
  currency: 'compact-currency',
};

/** Characters that take no room: marks of direction. */
const INVISIBLE = /[\u061c\u200e\u200f]/g;
/** Characters that take the room of two. */
const WIDE = /[\u3000-\u9fff\uff00-\uff60]/g;

/** How many characters wide a figure is. */
export function widthOf(figure: string): number {
  const visible = figure.replace(INVISIBLE, '');
  return visible.length + (visible.match(WIDE)?.length ?? 0);
}

/**
 * The format in which a figure fits: its own, or the compact one if that is shorter. A figure is
 * never cut or broken.
 *
 * @param room how many characters there is room for, or whether a text fits, such as by its
 *   measured width
 */
export function fittingFormat(
  value: Value | null | undefined,
  format: ValueFormat | undefined,
  locale: string,
  room: number | ((figure: string) => boolean),
): ValueFormat {
  const own = format ?? 'number';
  const compact = COMPACT[own];
  const exact = formatValue(value, own, locale);
  const fits = typeof room === 'number' ? widthOf(exact) <= room : room(exact);
  if (fits || compact === undefined) return own;
  return widthOf(formatValue(value, compact, locale)) < widthOf(exact) ? compact : own;
}
