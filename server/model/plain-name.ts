/**
 * What a step is called without content: a client may name a span after what it works on; which
 * tool or model it is, is counted.
 */
export const plainName = (step: {
  tool: string | null;
  model: string | null;
  kind: string;
}): string => step.tool ?? step.model ?? step.kind;
