import type { Page } from '../database/pages.ts';
import type { Period, Span } from '../time/period.ts';

/** A page of a list of sums: what is told of it, and what its cursors are made of. */
export interface Listed<Body> {
  body: Omit<Body, 'nextCursor' | 'previousCursor'>;
  around: Pick<Page<unknown>, 'next' | 'previous'>;
  /** The period of all its pages. */
  span: Span;
}

export function listed<Body>(
  { from, to }: Period,
  { next, previous }: Pick<Page<unknown>, 'next' | 'previous'>,
  body: Listed<Body>['body'],
): Listed<Body> {
  return { body, around: { next, previous }, span: { from, to } };
}

/** How many entries a list has, where all were counted. */
export const exactly = (value: number) => ({ value, isExact: true });
