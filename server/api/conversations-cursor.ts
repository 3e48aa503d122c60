/** Where pages of conversations, of their messages, and of what a search found start. */
import type { Arrival } from '../store/read/conversations/arrivals.ts';
import type { Order, Sort } from '../store/read/conversations/list.ts';
import {
  decodeCursor,
  encodeCursor,
  isCount,
  isDecimal,
  isInstant,
  isSafeText,
  listCursor,
  nameOf,
  partsOf,
  type ListCursor,
  type ValueCheck,
} from './cursor.ts';

const VALUES: Readonly<Record<Sort, ValueCheck>> = {
  last_message: isInstant,
  started: isInstant,
  // An integer of the database.
  requests: (text) => /^\d{1,9}$/.test(text),
  tokens: isCount,
  cost: isDecimal,
};

/** A page goes on in the order in which the list began. */
export const conversationCursor = (sort: Sort, order: Order): ListCursor =>
  listCursor([VALUES[sort], isSafeText, isSafeText], ['conversations.list', sort, order]);

export const hitCursor: ListCursor = listCursor(
  [isInstant, isSafeText, isSafeText, isSafeText],
  ['conversations.search'],
);

/** @param id of the conversation */
export const messageCursor = (id: string, order: Order): ListCursor =>
  listCursor([isInstant, isSafeText, isCount], ['conversations.listMessages', id, order]);

/** Where an export goes on, and over which period: a relative one stays as it was at first. */
export interface ExportPosition {
  /** Epoch ms; `null`: open. */
  from: number | null;
  to: number | null;
  domain: string;
  key: string;
}

/** @param about what is exported: its parts have to be asked for alike */
export const toExportCursor = (
  { from, to, domain, key }: ExportPosition,
  about: readonly unknown[],
): string => encodeCursor([from, to, domain, key, nameOf(about)]);

/** @throws Problem 400 */
export const fromExportCursor = (cursor: string, about: readonly unknown[]): ExportPosition =>
  decodeCursor(
    cursor,
    ([from, to, domain, key, name, ...more]) =>
      isBound(from) &&
      isBound(to) &&
      isText(domain) &&
      isText(key) &&
      name === nameOf(about) &&
      more.length === 0
        ? { from, to, domain, key }
        : null,
    { in: 'body', path: '/cursor' },
  );

const isBound = (value: unknown): value is number | null =>
  value === null || (Number.isInteger(value) && Math.abs(Number(value)) <= 2.5e14);

const isText = (value: unknown): value is string => typeof value === 'string' && isSafeText(value);

export const toStreamCursor = ({ arrived, startedAt, key, name }: Arrival): string =>
  encodeCursor([arrived, startedAt, key, name]);

/** `null` where it was not made by `toStreamCursor`. */
export function fromStreamCursor(cursor: string): Arrival | null {
  const [arrived, startedAt, key, name, ...more] = partsOf(cursor) ?? [];
  const isNumber = Number.isSafeInteger(arrived) && Number(arrived) >= 0;
  const isTime = isText(startedAt) && isInstant(startedAt);
  const fits = isNumber && isTime && isText(key) && isText(name) && more.length === 0;
  return fits ? { arrived: Number(arrived), startedAt, key, name } : null;
}
