import { readFileSync } from 'node:fs';
import type { OperationId } from './types.ts';

/** A JSON schema as the contract writes it; its references lead into the whole document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  description?: string;
  required?: boolean;
  schema: JsonSchema;
}

/** By media type. */
export type Content = Record<string, { schema: JsonSchema; example?: unknown }>;

export interface SourceBody {
  description?: string;
  required?: boolean;
  content: Content;
}

export interface SourceResponse {
  description: string;
  content?: Content;
}

/** An operation as it is written: parameters, body and answers may be references. */
export interface SourceOperation {
  operationId: OperationId;
  tags: [string];
  summary: string;
  description?: string;
  security?: Record<string, unknown>[];
  parameters?: unknown[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
}

/** The OpenAPI document as it is written. */
export interface Source {
  info: { title: string; version: string; summary: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, SourceOperation>>;
  components: {
    schemas: Record<string, JsonSchema>;
    responses: Record<string, SourceResponse>;
    securitySchemes: Record<string, { description: string }>;
  };
}

/** The repository's contract; a published package carries a copy at the same place. */
const ownDocument = new URL('../../openapi.yaml', import.meta.url);

export const readText = (): string => readFileSync(ownDocument, 'utf8');

/** What a node is: itself, or what its reference leads to. */
export function resolve<T>(source: Source, node: unknown): T {
  const reference = (node as { $ref?: string }).$ref;
  if (reference === undefined) return node as T;
  const steps = reference.slice('#/'.length).split('/');
  const target = steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], source);
  return resolve<T>(source, target);
}

/** Whether an operation needs a token, takes one, or has no use for one. */
export type TokenUse = 'required' | 'optional' | 'none';

export function tokenUse(security: SourceOperation['security']): TokenUse {
  if (security === undefined) return 'required';
  if (security.length === 0) return 'none';
  return security.some((scheme) => Object.keys(scheme).length === 0) ? 'optional' : 'required';
}
