import { JsonReader } from './json-reader.ts';
import { Meter, WIRE_LIMITS } from './limits.ts';
import { type AttributeValue, DecodeError } from './model.ts';

/** Counts all the JSON in the texts of the request that is being read; reading is synchronous. */
let shared: Meter | undefined;

/**
 * Reads with one limit for the JSON in all texts together: many texts may hold no more than one.
 * @returns whether some text was beyond the limit
 */
export function countingJson(read: () => void): boolean {
  const outer = shared;
  const meter = new Meter(WIRE_LIMITS);
  shared = meter;
  try {
    read();
    return meter.isBeyond;
  } finally {
    shared = outer;
  }
}

/**
 * JSON inside a string, clean; `undefined` where it is none (an exporter may have cut it off), and
 * where it goes beyond the limits of a body: it is a text then.
 */
export function parseJson(text: string): AttributeValue | undefined {
  const reader = new JsonReader(text, shared ?? new Meter(WIRE_LIMITS));
  try {
    const value = reader.value();
    reader.end();
    return value;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
