import {
  resolve,
  tokenUse,
  type Content,
  type JsonSchema,
  type Parameter,
  type Source,
  type SourceBody,
  type SourceResponse,
  type TokenUse,
} from './source.ts';
import type { OperationId } from './types.ts';

export type { JsonSchema, Parameter } from './source.ts';

export interface Operation {
  id: OperationId;
  /** In capitals. */
  method: string;
  /** With the parameters in braces, as in `/api/executions/{id}`. */
  path: string;
  tag: string;
  token: TokenUse;
  parameters: readonly Parameter[];
  body: { required: boolean; content: Content } | null;
  /** The schema of each documented answer, by status and media type. */
  responses: ReadonlyMap<number, ReadonlyMap<string, JsonSchema>>;
}

export interface Document {
  operations: readonly Operation[];
  schemas: Readonly<Record<string, JsonSchema>>;
}

/** What a client may send on the WebSocket. */
export const LIVE_COMMAND: JsonSchema = { $ref: '#/components/schemas/LiveCommand' };

/** The operations' own references are resolved, those of schemas are kept. */
export function documentOf(source: Source): Document {
  const operations = Object.entries(source.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      tag: operation.tags[0],
      token: tokenUse(operation.security),
      parameters: (operation.parameters ?? []).map((node) => resolve<Parameter>(source, node)),
      body: operation.requestBody
        ? { required: false, ...resolve<SourceBody>(source, operation.requestBody) }
        : null,
      responses: new Map(
        Object.entries(operation.responses).map(([status, node]) => [
          Number(status),
          schemasOf(resolve<SourceResponse>(source, node)),
        ]),
      ),
    })),
  );
  return { operations, schemas: source.components.schemas };
}

const schemasOf = ({ content = {} }: SourceResponse): Map<string, JsonSchema> =>
  new Map(Object.entries(content).map(([type, { schema }]) => [type, schema]));
