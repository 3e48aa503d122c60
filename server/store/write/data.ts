/** Observations' data as they are stored: without what is not known, which is most of it. */
import { NOTHING, type ObservationData } from '../../model/observation.ts';

/** What is told, as JSON. */
export function packData(data: ObservationData): string {
  const told: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) if (!isNothing(value)) told[name] = value;
  return JSON.stringify(told);
}

export function unpackData(told: Partial<ObservationData>): ObservationData {
  return { ...NOTHING, ...told };
}

function isNothing(value: unknown): boolean {
  if (value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
