import type { Observation } from './observation.ts';

/**
 * What a step is called without content: a client may name a span after what it works on; which
 * tool or model it is, is counted.
 */
export const plainName = (step: {
  tool: string | null;
  model: string | null;
  kind: string;
}): string => step.tool ?? step.model ?? step.kind;

export const plainNameOf = ({ kind, data: { tool, model } }: Observation): string =>
  plainName({ tool, model, kind });

export const isPlain = (observation: Observation): boolean =>
  observation.data.name === plainNameOf(observation);
