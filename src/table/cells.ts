import { html, nothing, type TemplateResult } from 'lit';
import { dateFormat } from '../format/formatters.ts';
import { formatValue, UNKNOWN, type Value } from '../format/value.ts';
import { valueOf, type Column } from './columns.ts';
import { renderName } from './names.ts';

/** The reader's language and time zone. */
export interface Reader {
  locale: string;
  /** An IANA name; undefined for the browser's. */
  timeZone?: string | undefined;
}

const CLOCK = { hour: 'numeric', minute: '2-digit' } as const;
const DAY = { month: 'short', day: 'numeric' } as const;

/** The content of a cell. Names and texts come from outside and are rendered as text. */
export function renderCell<T>(column: Column<T>, item: T, reader: Reader): unknown {
  if (column.render) return column.render(item);
  const { format } = column;
  const value = valueOf(column, item);
  if (value === null) return UNKNOWN;
  switch (format) {
    case 'name':
      return renderName(String(value));
    case 'time':
      return renderTime(value, reader);
    case 'text':
    case undefined:
      return html`<bdi>${value}</bdi>`;
    default:
      return formatValue(value, format, reader.locale);
  }
}

/** A point in time: today's by the clock, others with their day. Its title is the whole of it. */
export function renderTime(value: Value, reader: Reader): TemplateResult | string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return UNKNOWN;
  const zone = zoneOf(reader);
  const write = (options: Intl.DateTimeFormatOptions, at: Date = date) =>
    dateFormat(reader.locale, { ...options, ...zone }).format(at);
  const now = new Date();
  const isSame = (options: Intl.DateTimeFormatOptions) => write(options) === write(options, now);
  const short = isSame({ dateStyle: 'short' })
    ? write(CLOCK)
    : isSame({ year: 'numeric' })
      ? write({ ...DAY, ...CLOCK })
      : write({ ...DAY, year: 'numeric' });
  return html`<time
    datetime=${date.toISOString()}
    title=${write({ dateStyle: 'medium', timeStyle: 'medium' }) || nothing}
    >${short}</time
  >`;
}

/** An attribute can hold anything; `Intl` throws for what isn't a zone. */
function zoneOf({ timeZone }: Reader): { timeZone?: string } {
  if (!timeZone) return {};
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return { timeZone };
  } catch {
    return {};
  }
}
