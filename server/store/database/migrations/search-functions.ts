/**
 * The database's functions of search. They run as the one who calls them, so row-level security
 * holds inside; they name the workspace as well, like every query.
 */

export interface SearchLimits {
  /** Places that are looked through at first, and at most before the index of words is asked. */
  first: number;
  most: number;
  /** What is found so often among the first ones, or in all, is said often. */
  oftenOfFirst: number;
  often: number;
  /** Messages of some domains that are few enough to look through each at once, or if need be. */
  few: number;
  fewOften: number;
}

const LIMITS: SearchLimits = {
  first: 200,
  most: 5_000,
  oftenOfFirst: 10,
  often: 20_000,
  few: 500,
  fewOften: 20_000,
};

/** Which way places are looked through: from the latest back in time, or the other way. */
interface Way {
  order: 'asc' | 'desc';
  /** How a place compares with the one that it comes after. */
  beyond: '<' | '>';
  /** Before all places. */
  start: string;
}

const BACK_IN_TIME: Way = { order: 'desc', beyond: '<', start: 'infinity' };
const ON_IN_TIME: Way = { order: 'asc', beyond: '>', start: '-infinity' };

const inOrder = ({ order }: Way): string =>
  ['first_at', 'domain', 'conversation', 'hash'].map((name) => `p.${name} ${order}`).join(', ');

/** A plan that is kept knows no word: it reads tables for one that few messages say. */
const PLANNED = 'set plan_cache_mode = force_custom_plan';
const PLACE = '(p.first_at, p.domain, p.conversation, p.hash)';

/**
 * @param mine the condition that a row of `table` is of the transaction's workspace: left out by
 * the isolation test, so that row-level security has to hold by itself
 */
export function searchFunctions(
  mine = (table: string): string => `${table}.workspace_id = mine`,
  { first, most, oftenOfFirst, often, few, fewOften }: SearchLimits = LIMITS,
): string[] {
  const declared = `mine uuid := nullif(current_setting('cloudbrain.workspace', true), '')::uuid`;
  /** Messages of places `p` that fit, in conversations that are not deleted. (\`offset 0\`: looked
   * up one by one, as many as there are places.) */
  const fitting = `
    cross join lateral (select s.body from message_search s
      where ${mine('s')} and s.workspace_id = p.workspace_id and s.hash = p.hash offset 0) s
    join conversations c on ${mine('c')} and c.workspace_id = p.workspace_id
      and c.domain = p.domain and c.key = p.conversation and c.deleted_at is null
    where (exact is null or message_says(s.body, exact))`;
  const inDomains = '(within is null or p.domain = any(within))';
  const atMost = (count: number) => `(
        select count(*) <= ${count} from (select from message_places p
          where ${mine('p')} and p.domain = any(within) limit ${count + 1}) few)`;
  const told = 'p.hash, p.domain, p.conversation, p.first_at';
  const finder = (name: string, way: Way): string => {
    const order = inOrder(way);
    const inPeriod = `${mine('p')} and p.first_at >= since and p.first_at < until
      and ${PLACE} ${way.beyond} (at, at_domain, at_conversation, at_hash)`;
    return `create or replace function ${name}(
      query text, exact jsonb, from_at timestamptz, to_at timestamptz, within text[],
      after_at timestamptz, after_domain text, after_conversation text, after_hash text, most integer
    ) returns table (hash text, domain text, conversation text, first_at timestamptz)
    language plpgsql ${PLANNED} as $$
    #variable_conflict use_column
    declare
      ${declared};
      since timestamptz := coalesce(from_at, '-infinity');
      until timestamptz := coalesce(to_at, 'infinity');
      at timestamptz := coalesce(after_at, '${way.start}');
      at_domain text := coalesce(after_domain, '');
      at_conversation text := coalesce(after_conversation, '');
      at_hash text := coalesce(after_hash, '');
      last_place record;
      looked integer := 0;
      step integer := ${first};
      found_now integer;
      found_so_far integer := 0;
      is_few boolean;
    begin
      perform set_config('cloudbrain.search', query, true);
      is_few := most is not null and within is not null and ${atMost(few)};
      while most is not null and not is_few loop
        select ${told} into last_place from message_places p where ${inPeriod}
          order by ${order} offset step - 1 limit 1;
        return query select ${told} from (
            select p.* from message_places p where ${inPeriod} order by ${order} limit step
          ) p ${fitting} and ${inDomains}
          order by ${order} limit most - found_so_far;
        get diagnostics found_now = row_count;
        found_so_far := found_so_far + found_now;
        looked := looked + step;
        if found_so_far >= most or last_place.hash is null then return; end if;
        at := last_place.first_at; at_domain := last_place.domain;
        at_conversation := last_place.conversation; at_hash := last_place.hash;
        exit when found_so_far = 0;
        step := ceil((most - found_so_far) * 1.25 * looked / found_so_far);
        exit when looked + step > ${most};
      end loop;

      if is_few or (
        most is not null and within is not null and is_said_often() and ${atMost(fewOften)}
      ) then
        return query select ${told} from (
            select p.* from message_places p where ${inPeriod} and ${inDomains} offset 0
          ) p ${fitting}
          order by ${order} limit most - found_so_far;
        return;
      end if;

      return query
        with said as materialized (
          select s.workspace_id, s.hash from message_search s
          where ${mine('s')} and (exact is null or message_says(s.body, exact))
        )
        select ${told} from said
        join message_places p on p.workspace_id = said.workspace_id and p.hash = said.hash
        join conversations c on ${mine('c')} and c.workspace_id = p.workspace_id
          and c.domain = p.domain and c.key = p.conversation and c.deleted_at is null
        where ${inPeriod} and ${inDomains}
        order by ${order} limit most - found_so_far;
    end $$`;
  };
  return [
    // Whether what a message says holds one of the alternatives (see search/query.ts).
    `create or replace function message_says(body text, alternatives jsonb) returns boolean
    language plpgsql immutable parallel safe as $$
    declare
      alternative jsonb;
      holds boolean;
    begin
      for i in 0 .. jsonb_array_length(alternatives) - 1 loop
        alternative := alternatives -> i;
        holds := true;
        for j in 0 .. jsonb_array_length(alternative -> 'all') - 1 loop
          holds := strpos(body, alternative -> 'all' ->> j) > 0;
          exit when not holds;
        end loop;
        if holds then
          for j in 0 .. jsonb_array_length(alternative -> 'none') - 1 loop
            holds := strpos(body, alternative -> 'none' ->> j) = 0;
            exit when not holds;
          end loop;
        end if;
        if holds then return true; end if;
      end loop;
      return false;
    end $$`,

    // Messages that fit, the latest first. What is said often is soon found among the latest ones;
    // what is not, by the index of words. Without \`most\` it is all of them.
    finder('find_messages', BACK_IN_TIME),

    // The same, the other way.
    finder('find_messages_after', ON_IN_TIME),

    // Whether many messages fit the transaction's search.
    `create or replace function is_said_often() returns boolean
    language plpgsql ${PLANNED} as $$
    declare ${declared};
    begin
      return (select count(*) > ${often} from (
        select from message_search s where ${mine('s')} limit ${often + 1}) found);
    end $$`,

    // Whether so many messages fit that conversations are better looked through one by one. It
    // leaves the search set for the transaction.
    `create or replace function begin_search(query text) returns boolean
    language plpgsql ${PLANNED} as $$
    declare ${declared};
    begin
      perform set_config('cloudbrain.search', query, true);
      return (
        select count(*) >= ${oftenOfFirst} from (
          select p.* from message_places p where ${mine('p')} order by ${inOrder(BACK_IN_TIME)} limit ${first}
        ) p
        cross join lateral (select from message_search s
          where ${mine('s')} and s.workspace_id = p.workspace_id and s.hash = p.hash offset 0) s
      ) or is_said_often();
    end $$`,
  ];
}
