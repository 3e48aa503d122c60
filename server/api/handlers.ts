import type { OperationId, OperationRequest, OperationResult } from '../contract/index.ts';
import type { access } from '../auth/access.ts';
import type { ApiCaller, IngestCaller } from '../auth/caller.ts';

type Rules = typeof access;

/** The kinds of callers that an operation is for. */
type KindOf<Rule> = Rule extends { kinds: readonly (infer Kind)[] } ? Kind : ApiCaller['kind'];

/** Who calls an operation, as its entry in `access.ts` says: `null` where nobody needs to be. */
type CallerOf<Id extends OperationId> =
  | ('ingest' extends KindOf<Rules[Id]> ? IngestCaller : never)
  | (Extract<KindOf<Rules[Id]>, ApiCaller['kind']> extends never ? never : ApiCaller)
  | (Rules[Id] extends { open: true } ? null : never);

export type ApiRequest<Id extends OperationId> = OperationRequest<Id> & { caller: CallerOf<Id> };

type Handler<Id extends OperationId> = (
  request: ApiRequest<Id>,
) => OperationResult<Id> | Promise<OperationResult<Id>>;

/** A handler for every operation of the contract: without one of them it does not compile. */
export type Handlers = { [Id in OperationId]: Handler<Id> };

/** The handlers of one tag, such as `HandlersFor<'stats'>`. */
export type HandlersFor<Tag extends string> = Pick<
  Handlers,
  Extract<OperationId, `${Tag}.${string}`>
>;
