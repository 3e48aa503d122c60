import type { Severity } from '../model/error.ts';

/** What is known of an error when its severity is told. */
export interface Circumstances {
  type: string;
  message: string | null;
  /** What a CLI calls the event that tells of it. */
  event: string | null;
  /** What it was part of went on to a good end. */
  recovered: boolean;
  /** What it was part of failed by it. */
  fatal: boolean;
}

/** Nobody gets in, or nobody pays: it will not pass by itself. */
const ACCESS =
  /(?:^|[_.\s])40[123](?:$|\D)|auth(?:entication|orization)?[_\s.]?(?:failed|failure|error|denied)|unauthori[sz]ed|unauthenticated|forbidden|permission|invalid[_\s.-]?(?:api[_\s.-]?key|token|credentials)|insufficient[_\s.-]?quota|quota[_\s.-]?exceeded|billing|credit balance/i;

/** Something that should have been kept was not. */
const LOSS = /(?:write|commit|save|persist|flush)[_\s.]?(?:failed|failure|error)|data[_\s.-]?loss/i;

/** The events by which a client tells that it has tried all that it tries. */
export const EXHAUSTED = /retries_exhausted$|content_retry_failure$/;

/** It passes by itself: a limit of a minute, a busy or slow model, somebody who stopped it. */
const PASSING =
  /(?:^|[_.\s])(?:408|429|50[234]|529)(?:$|\D)|rate[_\s.-]?limit|too[_\s.-]?many|throttl|overload|resource[_\s.-]?exhausted|time[_\s.-]?d?[_\s.-]?out|deadline|unavailable|econnreset|econnrefused|etimedout|cancel|abort/i;

/**
 * How bad an error is: `docs/admin-dashboard.md` has the table. The type is the client's own word
 * (an exception, a code, an HTTP status); what is said beside it decides only where the type is a
 * mere status or says nothing.
 */
export function severityOf({ type, message, event, recovered, fatal }: Circumstances): Severity {
  if (EXHAUSTED.test(event ?? '')) return 'critical';
  const isSilent = /^(?:error|unknown|_other|exception)$|^\d{3}$/i.test(type.trim());
  const words = isSilent && message !== null ? `${type} ${message.slice(0, 300)}` : type;
  if (LOSS.test(words)) return 'critical';
  // A limit of a minute is often called a quota, and a quota that is used up a limit.
  if (ACCESS.test(words) && !/rate[_\s.-]?limit/i.test(words)) return 'critical';
  if (recovered) return 'warning';
  if (PASSING.test(words)) return fatal ? 'error' : 'warning';
  return 'error';
}
