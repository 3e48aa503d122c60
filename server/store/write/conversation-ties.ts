/** Which conversation requests, executions and errors belong to, once threads are linked. Pure. */
import type { Derived } from '../../model/derived.ts';
import type { ExecutionRecord } from '../../model/execution.ts';
import type { RequestRecord } from '../../model/request.ts';
import { cleanName, UNKNOWN } from '../database/clean.ts';
import type { Linkable } from './history-rows.ts';
import type { Links } from './links.ts';
import type { newRequest } from './requests.ts';
import { threadOf } from './threads.ts';

/** A request may be tied by its history where its client has not said where it belongs. */
export function linkableOf(record: RequestRecord): Linkable[] {
  if (record.conversation !== null) return [];
  const key = cleanName(record.key);
  return [
    {
      key,
      startedAt: Math.trunc(record.startedAt),
      domain: cleanName(record.domain) || UNKNOWN,
      user: record.user,
      thread: cleanName(threadOf(record.traceId, key)),
      input: record.inputMessages,
      output: record.outputMessages,
    },
  ];
}

/** Its client's, else its trace's, which may go on another one; `null` where nothing ties it. */
function runConversation(
  { conversation, traceId, domain }: Pick<ExecutionRecord, 'conversation' | 'traceId' | 'domain'>,
  links: Links,
): string | null {
  if (conversation !== null) return cleanName(conversation);
  if (traceId === null) return null;
  const thread = cleanName(threadOf(traceId, ''));
  return links.of(cleanName(domain) || UNKNOWN, thread)?.conversation ?? thread;
}

/** Runs and errors belong where the calls of their trace do. */
export function tiedBy(links: Links, derived: Derived): Derived {
  const tie = <T extends Parameters<typeof runConversation>[0]>(record: T): T => ({
    ...record,
    conversation: runConversation(record, links),
  });
  return {
    ...derived,
    executions: derived.executions.map(tie),
    errors: derived.errors.map(tie),
  };
}

/** The same of a request, which may also stand alone, outside of any trace. */
export function tieOf(record: RequestRecord, links: Links): Parameters<typeof newRequest>[3] {
  const { conversation, traceId } = record;
  if (conversation !== null) {
    return { conversation: cleanName(conversation), link: 'client', branch: null };
  }
  const [linkable] = linkableOf(record);
  const tied = linkable && links.of(linkable.domain, linkable.thread);
  const thread = traceId === null ? null : (linkable?.thread ?? null);
  return tied ?? { conversation: thread, link: 'trace', branch: null };
}
