/** What a running server answered, as `scripts/record-stories.ts` wrote it down. */
export interface Recording {
  /** When it was recorded (RFC 3339): times are moved so that it seems to be now. */
  recordedAt: string;
  /** By `keyOf`. */
  answers: Record<string, RecordedAnswer>;
  /** What came over the WebSocket, and how many ms after it was opened. */
  events: { afterMs: number; event: unknown }[];
}

export interface RecordedAnswer {
  status: number;
  /** Those that matter. */
  headers?: Record<string, string>;
  body: unknown;
}

/** Parameters that don't change which recorded answer fits. */
const ignored = new Set(['timezone', 'limit', 'cursor']);

/** What an answer is found by: method, path, and the parameters that matter. */
export function keyOf(method: string, path: string, query: URLSearchParams): string {
  const kept = [...query].filter(([name]) => !ignored.has(name)).sort();
  const search = new URLSearchParams(kept).toString();
  return `${method} ${path}${search && `?${search}`}`;
}

/** A list as a server gives it that was asked for so many; another answer as it is. */
export function limited(body: unknown, limit: number): unknown {
  const { data } = (body ?? {}) as { data?: unknown };
  if (!(limit > 0) || !Array.isArray(data) || data.length <= limit) return body;
  return { ...(body as object), data: data.slice(0, limit), nextCursor: 'recorded' };
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** The same value with every time in it moved by so many milliseconds. */
export function moveTimes<T>(value: T, byMs: number): T {
  const moved = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'string' && time.test(inner)
      ? new Date(Date.parse(inner) + byMs).toISOString()
      : inner,
  );
  return JSON.parse(moved) as T;
}
