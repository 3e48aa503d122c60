/** What the outbox tells of conversations: SQL over its events `l`. */
import { sql } from 'kysely';

/** The conversation that an event is of; `null`: none. */
export const conversationOf = sql<string | null>`case l.topic
  when 'conversations' then l.payload ->> 'id'
  when 'executions' then l.payload #>> '{execution,conversationId}'
  when 'errors' then l.payload #>> '{error,conversationId}' end`;

/** The payload of such an event without what was said. */
export const hidden = sql`case
  when l.topic = 'conversations' then jsonb_set(l.payload, '{conversation}', 'null')
  when l.topic = 'errors' then
    jsonb_set(jsonb_set(l.payload, '{error,message}', 'null'), '{error,hasStack}', 'false')
  when jsonb_typeof(l.payload #> '{execution,error}') = 'object' then
    jsonb_set(l.payload, '{execution,error,message}', 'null')
  else l.payload end`;
