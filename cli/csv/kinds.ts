import type { BusinessBatch } from '@cloudbrain/sdk';
import { UsageError } from '../exit.ts';
import { amount, flag, list, number, oneOf, type Read, text, time } from './cells.ts';

/** The kinds of records, as the contract names them. */
export type Kind = keyof BusinessBatch;

/** The cells of a column. */
export interface Cells {
  read: Read;
  /** Whether the column may be left out. */
  mayLack: boolean;
  mayBeEmpty: boolean;
  /** What is sent for an empty cell or a missing column; `undefined`: nothing. */
  otherwise: unknown;
}

const needed = (read: Read): Cells => ({
  read,
  mayLack: false,
  mayBeEmpty: false,
  otherwise: undefined,
});
const optional = (read: Read, otherwise?: unknown): Cells => ({
  read,
  mayLack: true,
  mayBeEmpty: true,
  otherwise,
});
/** May be empty; without the column, every record would lose its value. */
const orNone = (read: Read, otherwise?: unknown): Cells => ({
  read,
  mayLack: false,
  mayBeEmpty: true,
  otherwise,
});

const common = { updatedAt: optional(time), deleted: optional(flag) };

/** Ours, and Stripe's. */
const statuses: readonly NonNullable<BusinessBatch['subscriptions']>[number]['status'][] = [
  ...(['trial', 'active', 'paused', 'ended'] as const),
  ...(['trialing', 'past_due', 'unpaid', 'canceled', 'incomplete', 'incomplete_expired'] as const),
];

/** The columns of each kind: the fields of its records, by their names in the contract. */
const columnsOf: {
  readonly [K in Kind]: Readonly<Record<keyof NonNullable<BusinessBatch[K]>[number], Cells>>;
} = {
  customers: {
    id: needed(text),
    name: needed(text),
    domains: orNone(list, []),
    createdAt: needed(time),
    plan: orNone(text),
    ...common,
  },
  subscriptions: {
    id: needed(text),
    customerId: needed(text),
    status: needed(oneOf(...statuses)),
    amountUsd: needed(amount),
    interval: needed(oneOf('week', 'month', 'quarter', 'year')),
    changedAt: needed(time),
    endedAt: optional(time),
    ...common,
  },
  spend: {
    id: needed(text),
    from: needed(time),
    to: needed(time),
    amountUsd: needed(amount),
    ...common,
  },
  credits: {
    id: needed(text),
    customerId: optional(text, null),
    kind: needed(oneOf('usage', 'grant')),
    credits: needed(number),
    amountUsd: optional(amount),
    at: needed(time),
    ...common,
  },
};

export const kinds = Object.keys(columnsOf) as Kind[];

const namesOf = (kind: Kind): string[] => Object.keys(columnsOf[kind]);

/** The columns that a file of a kind must have. */
const neededBy = (kind: Kind): string[] =>
  Object.entries<Cells>(columnsOf[kind]).flatMap(([name, { mayLack }]) => (mayLack ? [] : name));

/** A header row. */
export interface Header {
  kind: Kind;
  /** In the file's order. */
  columns: readonly { name: string; cells: Cells }[];
  /** What is sent for fields that a line does not have. */
  otherwise: Readonly<Record<string, unknown>>;
}

/**
 * Reads a header row.
 * @param given the kind of the records; found by the names of the columns where it is left out
 * @throws UsageError that names the column
 */
export function readHeader(names: readonly string[], given?: Kind): Header {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`The header has the column '${twice}' twice.`);
  const missingOf = (kind: Kind): string[] =>
    neededBy(kind).filter((name) => !names.includes(name));
  const kind = given ?? kinds.find((each) => missingOf(each).length === 0);
  if (kind === undefined) {
    const each = kinds.map((some) => `${some} need ${neededBy(some).join(', ')}`).join('; ');
    throw new UsageError(`No record type has the columns ${names.join(', ')}: ${each}.`);
  }
  const missing = missingOf(kind);
  if (missing.length > 0) throw new UsageError(`${kind} need the column ${missing.join(', ')}.`);
  const known = new Map(Object.entries<Cells>(columnsOf[kind]));
  const columns = names.map((name) => {
    const cells = known.get(name);
    if (cells) return { name, cells };
    const all = namesOf(kind).join(', ');
    throw new UsageError(`${kind} have no column '${name}'; they have ${all}.`);
  });
  const otherwise = [...known].flatMap(([name, { otherwise: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { kind, columns, otherwise: Object.fromEntries(otherwise) };
}
