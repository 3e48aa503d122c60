import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { OperationId } from './types.ts';

/** A JSON schema as the contract writes it; its references lead into the whole document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: JsonSchema;
}

type Content = Record<string, { schema: JsonSchema }>;

export interface Operation {
  id: OperationId;
  /** In capitals. */
  method: string;
  /** With the parameters in braces, as in `/api/executions/{id}`. */
  path: string;
  tag: string;
  /** Whether it needs a token, takes one, or has no use for one. */
  token: 'required' | 'optional' | 'none';
  parameters: readonly Parameter[];
  body: { required: boolean; content: Content } | null;
  /** The schema of each documented answer, by status and media type. */
  responses: ReadonlyMap<number, ReadonlyMap<string, JsonSchema>>;
}

export interface Document {
  operations: readonly Operation[];
  schemas: Readonly<Record<string, JsonSchema>>;
}

interface RawOperation {
  operationId: OperationId;
  tags: [string];
  security?: Record<string, unknown>[];
  parameters?: unknown[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
}
interface RawDocument {
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, JsonSchema> };
}

/** The repository's contract; a published package carries a copy at the same place. */
const ownDocument = new URL('../../openapi.yaml', import.meta.url);

/** Reads the contract. The operations' own references are resolved, those of schemas are kept. */
export function readDocument(path: string | URL = ownDocument): Document {
  const raw = parse(readFileSync(path, 'utf8'), { merge: true }) as RawDocument;
  const resolve = <T>(node: unknown): T => {
    const reference = (node as { $ref?: string }).$ref;
    if (reference === undefined) return node as T;
    const steps = reference.slice('#/'.length).split('/');
    return resolve<T>(
      steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], raw),
    );
  };
  const operations = Object.entries(raw.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      tag: operation.tags[0],
      token: tokenUse(operation.security),
      parameters: (operation.parameters ?? []).map((node) => resolve<Parameter>(node)),
      body: operation.requestBody
        ? { required: false, ...resolve<{ content: Content }>(operation.requestBody) }
        : null,
      responses: new Map(
        Object.entries(operation.responses).map(([status, node]) => [
          Number(status),
          schemasOf(resolve<{ content?: Content }>(node)),
        ]),
      ),
    })),
  );
  return { operations, schemas: raw.components.schemas };
}

function tokenUse(security: RawOperation['security']): Operation['token'] {
  if (security === undefined) return 'required';
  if (security.length === 0) return 'none';
  return security.some((scheme) => Object.keys(scheme).length === 0) ? 'optional' : 'required';
}

const schemasOf = ({ content = {} }: { content?: Content }): Map<string, JsonSchema> =>
  new Map(Object.entries(content).map(([type, { schema }]) => [type, schema]));
