import type { CbBaseElement } from '../base-element.ts';
import { refreshOf } from '../connection.ts';
import { SignalController } from '../signals.ts';
import type { QueryState } from '../status.ts';
import type { QueryDefinition } from './query.ts';
import type { Session } from './session.ts';

/** An element's interest in a query. */
export interface QueryWatch<T> {
  readonly state: QueryState<T>;
  refetch(): void;
  release(): void;
}

/** Keeps a query going for an element, and renders the element when its state changes. */
export function watchQuery<P extends object, T>(
  host: CbBaseElement,
  session: Session,
  definition: QueryDefinition<P, T>,
  params: P,
): QueryWatch<T> {
  const query = session.query(definition, params);
  const watcher = {};
  query.watch(watcher, refreshOf(host));
  const controller = new SignalController(host, () => query.state);
  return {
    get state() {
      return controller.value;
    },
    refetch: () => query.refetch(),
    release() {
      controller.hostDisconnected();
      host.removeController(controller);
      query.unwatch(watcher);
      session.tidy();
    },
  };
}
