import type { Observation } from '../../model/observation.ts';
import type { WireLog, WireSpan } from '../wire/model.ts';
import type { Context } from './context.ts';

/**
 * How the records of one family of clients are told and read. A record belongs to the first family
 * that claims it; `null` is one of theirs that nobody will ever read.
 */
export interface FamilyReader {
  /** A turn of these is hundreds of spans: those that nobody reads are not even links. */
  readonly isCli?: true;
  claimsSpan(span: WireSpan, context: Context): boolean;
  readSpan(span: WireSpan, context: Context): Observation | null;
  claimsLog?(log: WireLog, context: Context): boolean;
  readLog?(log: WireLog, context: Context): Observation | null;
}
