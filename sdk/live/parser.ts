import { createLineSplitter } from './lines.ts';

/** What an SSE parser finds. */
export interface ParsedEvent {
  /** Empty where an id came without an event. */
  event: string;
  /** `undefined` where the event has none. */
  id?: string;
  data?: string;
}

/**
 * A parser of `text/event-stream`, as the HTML standard defines it: it takes text in any slices, and
 * returns what they complete. An event that is cut off is never returned.
 */
export function createParser(onRetry?: (ms: number) => void): (text: string) => ParsedEvent[] {
  const split = createLineSplitter();
  let next: Partial<ParsedEvent> = {};
  return (text) => {
    const events: ParsedEvent[] = [];
    for (const line of split(text)) {
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (!line) {
        if (next.data !== undefined) events.push({ ...next, event: next.event ?? 'message' });
        else if (next.id !== undefined) events.push({ ...next, event: '' });
        next = {};
      } else if (field === 'data') {
        next.data = next.data === undefined ? value : `${next.data}\n${value}`;
      } else if (field === 'event') {
        next.event = value || 'message';
      } else if (field === 'id' && !value.includes('\0')) {
        next.id = value;
      } else if (field === 'retry' && /^\d+$/.test(value)) {
        onRetry?.(Number(value));
      }
    }
    return events;
  };
}
