/** What is left of observations of users that were erased: when, how much, how long, which kind. */
import { ERASED } from '../../../model/erased.ts';
import type { Observation } from '../../../model/observation.ts';
import { isPlain, plainNameOf } from '../../../model/plain-name.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import type { CleanObservation } from '../clean.ts';
import { packData } from '../data.ts';
import { rewriteObservations, type TouchedScope } from '../observations.ts';
import type { Tombstones } from './tombstones.ts';

const isSilent = (observation: Observation): boolean =>
  isWordless(observation) && isPlain(observation);

const isWordless = ({ data }: Observation): boolean =>
  data.task === null &&
  data.stack === null &&
  data.inputMessages.length + data.outputMessages.length === 0 &&
  (data.error?.message ?? null) === null;

function silent(observation: Observation, user: string | null): Observation {
  const { data } = observation;
  if (data.user === user && isSilent(observation)) return observation;
  return {
    ...observation,
    data: {
      ...data,
      name: plainNameOf(observation),
      user,
      task: null,
      stack: null,
      inputMessages: [],
      outputMessages: [],
      error: data.error && { ...data.error, message: null },
    },
  };
}

/** Observations that name an erased user, without that name and without what was said. */
export async function silenceIncoming(
  tombstones: Tombstones,
  incoming: readonly CleanObservation[],
): Promise<readonly CleanObservation[]> {
  await tombstones.look(incoming.map(({ observation }) => observation.data.user));
  return incoming.map((each) => {
    if (!tombstones.has(each.observation.data.user)) return each;
    const observation = silent(each.observation, ERASED);
    return { observation, json: packData(observation.data) };
  });
}

/**
 * Silences whole scopes, as they are stored: what names nobody beside an erased user is that
 * user's as well.
 * @returns the scopes as they are now, and the messages that they don't name any more
 */
export async function silenceScopes(
  ws: WorkspaceTx,
  tombstones: Tombstones,
  scopes: readonly TouchedScope[],
): Promise<{ scopes: readonly TouchedScope[]; unsaid: string[] }> {
  await tombstones.look(
    scopes.flatMap(({ observations }) => observations.map(({ data }) => data.user)),
  );
  const written: { observation: Observation; scope: string }[] = [];
  const unsaid = new Set<string>();
  const silenced = scopes.map((touched) => {
    const { scope, observations } = touched;
    if (!observations.some(({ data }) => tombstones.has(data.user))) return touched;
    const now = observations.map((observation) => {
      const { user } = observation.data;
      if (user !== null && !tombstones.has(user)) return observation;
      const after = silent(observation, user === null ? null : ERASED);
      if (after === observation) return observation;
      written.push({ observation: after, scope });
      const { inputMessages, outputMessages } = observation.data;
      for (const hash of [...inputMessages, ...outputMessages]) unsaid.add(hash);
      return after;
    });
    return { ...touched, observations: now };
  });
  await rewriteObservations(ws, written);
  return { scopes: silenced, unsaid: [...unsaid] };
}
