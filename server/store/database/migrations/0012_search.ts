import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** So many messages say what is searched for often; so few conversations are looked through instead. */
const OFTEN = 10_000;
const FEW = 20_000;

/**
 * What nearly every message says is not looked up in the index, where a period is asked for: the
 * messages of the conversations of that period are fewer. (`offset 0` keeps the planner from
 * beginning with the index after all.) For whom this function is: see 0008.
 */
const FIND = `
  create function find_messages(
    query text, since timestamptz default null, until timestamptz default null
  ) returns setof text
  language plpgsql stable security definer set search_path = public, pg_temp as $$
  declare
    mine uuid := nullif(current_setting('cloudbrain.workspace', true), '')::uuid;
    wanted tsquery := websearch_to_tsquery('public.cloudbrain', query);
  begin
    if since is not null and (
      select count(*) > ${OFTEN} from (
        select from message_search s where s.workspace_id = mine and s.words @@ wanted
        limit ${OFTEN + 1}) found
    ) and (
      select count(*) <= ${FEW} from (
        select from conversations c where c.workspace_id = mine and c.last_message_at >= since
          and (until is null or c.first_at < until)
        limit ${FEW + 1}) active
    ) then
      return query select x.hash from (
        select s.hash, s.words from (
          select distinct p.hash from conversations c
          join message_places p on p.workspace_id = mine and p.domain = c.domain
            and p.conversation = c.key
          where c.workspace_id = mine and c.last_message_at >= since
            and (until is null or c.first_at < until)
        ) said
        join message_search s on s.workspace_id = mine and s.hash = said.hash
        offset 0
      ) x where x.words @@ wanted;
    else
      return query select s.hash from message_search s
        where s.workspace_id = mine and s.words @@ wanted;
    end if;
  end $$`;

export const search: Migration = {
  async up(db: Kysely<unknown>) {
    const signature = 'find_messages(text, timestamptz, timestamptz)';
    for (const statement of [
      'drop function find_messages(text)',
      FIND,
      `revoke all on function ${signature} from public`,
      `grant execute on function ${signature} to cloudbrain_app`,
    ]) {
      await sql.raw(statement).execute(db);
    }
  },
};
