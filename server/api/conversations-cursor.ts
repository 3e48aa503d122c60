/** Where pages of conversations, of their messages, and of what a search found have ended. */
import { hash } from 'node:crypto';
import type { Arrival } from '../store/read/conversations/arrivals.ts';
import type { ConversationPosition, Order, Sort } from '../store/read/conversations/list.ts';
import type { MessagePosition } from '../store/read/conversations/messages.ts';
import type { HitPosition } from '../store/read/conversations/search.ts';
import { decodeCursor, encodeCursor, isInstant, isSafeText, partsOf } from './cursor.ts';

/** A page goes on in the order in which it began. */
export const toListCursor = (
  { value, domain, key }: ConversationPosition,
  sort: Sort,
  order: Order,
): string => encodeCursor([sort, order, value, domain, key]);

/** @throws Problem 400 */
export const fromListCursor = (cursor: string, sort: Sort, order: Order): ConversationPosition =>
  decodeCursor(cursor, ([madeBy, way, value, domain, key, ...more]) => {
    const isOurs = madeBy === sort && way === order && more.length === 0;
    const fits = isOurs && isValue(value, sort) && isSafeText(domain) && isSafeText(key);
    return fits ? { value, domain, key } : null;
  });

function isValue(value: unknown, sort: Sort): value is string {
  if (sort === 'last_message' || sort === 'started') return isInstant(value);
  const pattern = sort === 'cost' ? /^\d{1,20}(\.\d{1,12})?$/ : /^\d{1,9}$/;
  const longer = sort === 'tokens' ? /^\d{1,15}$/ : pattern;
  return typeof value === 'string' && longer.test(value);
}

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
      isSafeText(domain) &&
      isSafeText(key) &&
      name === nameOf(about) &&
      more.length === 0
        ? { from, to, domain, key }
        : null,
    { in: 'body', path: '/cursor' },
  );

const nameOf = (about: readonly unknown[]): string =>
  hash('sha256', JSON.stringify(about), 'base64url').slice(0, 8);

const isBound = (value: unknown): value is number | null =>
  value === null || (Number.isInteger(value) && Math.abs(Number(value)) <= 2.5e14);

export const toHitCursor = ({ at, domain, key, hash }: HitPosition): string =>
  encodeCursor([at, domain, key, hash]);

/** @throws Problem 400 */
export const fromHitCursor = (cursor: string): HitPosition =>
  decodeCursor(cursor, ([at, domain, key, hash, ...more]) =>
    isInstant(at) && [domain, key, hash].every(isSafeText) && more.length === 0
      ? { at, domain: String(domain), key: String(key), hash: String(hash) }
      : null,
  );

type Towards = 'newer' | 'older';

export const toMessageCursor = (
  { startedAt, key, index }: MessagePosition,
  towards: Towards,
): string => encodeCursor([towards, startedAt, key, index]);

export interface MessageCursor {
  towards: Towards;
  position: MessagePosition;
}

/** @throws Problem 400 */
export const fromMessageCursor = (cursor: string): MessageCursor =>
  decodeCursor(cursor, ([towards, ...rest]) => {
    const position = messagePosition(rest);
    const isWay = towards === 'newer' || towards === 'older';
    return isWay && position ? { towards, position } : null;
  });

/** `null` where the parts are none. */
function messagePosition([startedAt, key, index, ...more]: unknown[]): MessagePosition | null {
  const isIndex = Number.isInteger(index) && Number(index) >= 0;
  const fits = isInstant(startedAt) && isSafeText(key) && isIndex && more.length === 0;
  return fits ? { startedAt, key, index: Number(index) } : null;
}

export const toStreamCursor = ({ arrived, startedAt, key, name }: Arrival): string =>
  encodeCursor([arrived, startedAt, key, name]);

/** `null` where it was not made by `toStreamCursor`. */
export function fromStreamCursor(cursor: string): Arrival | null {
  const [arrived, startedAt, key, name, ...more] = partsOf(cursor) ?? [];
  const isNumber = Number.isSafeInteger(arrived) && Number(arrived) >= 0;
  const fits = isNumber && isInstant(startedAt) && isSafeText(key) && isSafeText(name);
  return fits && more.length === 0 ? { arrived: Number(arrived), startedAt, key, name } : null;
}
