import { readFile } from 'node:fs/promises';
import openapiTS, { astToString, COMMENT_HEADER, type OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';
import { parse } from 'yaml';
import { inRoot } from './root.ts';

/** Set on the times that a caller sends. */
const SENT = 'x-sent';

/**
 * The source of `sdk/generated/openapi.ts`. A caller may send a time as a `Date`; a time of an answer
 * is a text.
 *
 * @throws Error where a schema with a time is both sent and answered
 */
export async function contractTypes(): Promise<string> {
  const contract = parse(await readFile(inRoot('openapi.yaml'), 'utf8')) as Contract;
  markSentTimes(contract);
  const nodes = await openapiTS(contract as unknown as OpenAPI3, {
    // A caller may leave out a property with a default; what a handler gets is in contract/types.ts.
    defaultNonNullable: false,
    transform: (schema) => (SENT in schema ? timeType(schema) : undefined),
  });
  return COMMENT_HEADER + astToString(nodes);
}

interface Schema {
  type?: string | string[];
  format?: string;
  [SENT]?: true;
}

interface Operation {
  parameters?: object[];
  requestBody?: object;
  responses: object;
}

interface Contract {
  paths: Record<string, Record<string, Operation>>;
}

const { createKeywordTypeNode, createTypeReferenceNode, createUnionTypeNode } = ts.factory;

function timeType({ type }: Schema): ts.TypeNode {
  const text = createKeywordTypeNode(ts.SyntaxKind.StringKeyword);
  const nothing = ts.factory.createLiteralTypeNode(ts.factory.createNull());
  return createUnionTypeNode([
    text,
    createTypeReferenceNode('Date'),
    ...([type].flat().includes('null') ? [nothing] : []),
  ]);
}

function markSentTimes(contract: Contract): void {
  const operations = Object.values(contract.paths).flatMap((methods) => Object.values(methods));
  const answered = timesOf(
    contract,
    operations.map(({ responses }) => responses),
  );
  const sent = timesOf(
    contract,
    operations.map(({ parameters, requestBody }) => [parameters, requestBody]),
  );
  for (const schema of sent) {
    if (answered.has(schema)) {
      throw new Error(`A time is both sent and answered: ${JSON.stringify(schema)}`);
    }
    schema[SENT] = true;
  }
}

/** The schemas of times in a part of the contract, references included. */
function timesOf(contract: Contract, part: unknown): Set<Schema> {
  const times = new Set<Schema>();
  const visited = new Set<unknown>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null || visited.has(node)) return;
    visited.add(node);
    const { $ref, format } = node as { $ref?: string; format?: string };
    if (typeof $ref === 'string') visit(resolve(contract, $ref));
    if (format === 'date-time') times.add(node);
    for (const [key, inner] of Object.entries(node)) if (!/^examples?$/.test(key)) visit(inner);
  };
  visit(part);
  return times;
}

const resolve = (contract: object, ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce((at: unknown, key) => (at as Record<string, unknown>)[key], contract);
