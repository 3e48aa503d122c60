import { JsonReader } from './json-reader.ts';
import { Meter, WIRE_LIMITS } from './limits.ts';
import { type AttributeValue, DecodeError } from './model.ts';

/**
 * JSON inside a string, clean; `undefined` where it is none (an exporter may have cut it off), and
 * where it goes beyond the limits of a body: it is a text then.
 */
export function parseJson(text: string): AttributeValue | undefined {
  const reader = new JsonReader(text, new Meter(WIRE_LIMITS));
  try {
    const value = reader.value();
    reader.end();
    return value;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
