/** The one place where answers lose their content for callers who may not read it. */
import type { ApiCaller } from '../auth/caller.ts';
import { readsContent } from '../auth/content.ts';
import {
  errorDetailWithoutContent,
  errorWithoutContent,
  executionDetailWithoutContent,
  executionWithoutContent,
  groupWithoutContent,
} from '../store/to-contract/without-content.ts';
import type { Handlers } from './handlers.ts';

/** Whatever calls an operation (REST, a batch) gets its answer through these. */
export const withContentRules = (handlers: Handlers): Handlers => ({
  ...handlers,
  'executions.list': masked(handlers['executions.list'], (page) => ({
    ...page,
    data: page.data.map(executionWithoutContent),
  })),
  'executions.get': masked(handlers['executions.get'], executionDetailWithoutContent),
  'admin.listErrors': masked(handlers['admin.listErrors'], (page) => ({
    ...page,
    data: page.data.map(errorWithoutContent),
  })),
  'admin.listErrorGroups': masked(handlers['admin.listErrorGroups'], (page) => ({
    ...page,
    data: page.data.map(groupWithoutContent),
    unavailable: [
      ...page.unavailable,
      ...page.data.map((_, index) => ({ path: `data.${index}.pattern`, reason: NO_CONTENT })),
    ],
  })),
  'admin.getError': masked(handlers['admin.getError'], errorDetailWithoutContent),
});

const NO_CONTENT = "The role executive can't read the text of errors.";

function masked<Request extends { caller: ApiCaller }, Body, Result extends { body: Body }>(
  handle: (request: Request) => Result | Promise<Result>,
  mask: (body: Result['body']) => Body,
): (request: Request) => Promise<Result> {
  return async (request) => {
    const result = await handle(request);
    return readsContent(request.caller) ? result : { ...result, body: mask(result.body) };
  };
}
