/**
 * Makes of the contract's text what the server runs: the document as JSON and the code of its
 * checks. Takes about a second, so it happens once for each contract; see `compiled.ts`.
 */
import { _, Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { parse } from 'yaml';
import { bodySchema } from './body.ts';
import { documentOf, LIVE_COMMAND, type Document } from './document.ts';
import { formats } from './formats.ts';
import { parameterSchemas } from './parameters.ts';
import { answerSchemas } from './responses.ts';
import type { JsonSchema, Source } from './source.ts';

/** The texts that are kept of a contract. */
export interface Texts {
  /** The document as JSON. */
  document: string;
  /** Code of the checks of requests, by their schema as JSON; see `evaluate`. */
  requests: string;
  /** Code of the checks of answers and events. */
  answers: string;
}

const documentId = 'contract';

/** With each error comes what was sent, and what the schema says of it: see `faults.ts`. */
export const REQUESTS: Options = { verbose: true };

/** @throws where the text isn't YAML, or a schema isn't valid */
export function compile(text: string): Texts {
  const source = parse(text) as Source;
  const document = documentOf(source);
  const codeOf = (schemas: JsonSchema[], options?: Options): string => {
    const ajv = ajvOf(document, options);
    const ids: Record<string, string> = {};
    for (const key of new Set(schemas.map((schema) => JSON.stringify(schema)))) {
      const id = `check-${Object.keys(ajv.schemas).length}`;
      ajv.addSchema(rooted$refs(JSON.parse(key) as JsonSchema), id);
      ids[key] = id;
    }
    return standalone.default(ajv, ids);
  };
  const { operations } = document;
  const requests = operations.flatMap((operation) => [
    ...parameterSchemas(operation),
    ...[bodySchema(operation)].filter((schema) => schema !== undefined),
  ]);
  return {
    document: JSON.stringify(source),
    requests: codeOf([...requests, LIVE_COMMAND], REQUESTS),
    answers: codeOf(answerSchemas(document)),
  };
}

/** Compiles a schema of the contract for use in this process alone. */
export function compilerOf(
  document: Document,
  options?: Options,
): (schema: JsonSchema) => ValidateFunction {
  const ajv = ajvOf(document, options);
  return (schema) => ajv.compile(rooted$refs(schema));
}

function ajvOf(document: Document, options: Options = {}): Ajv2020 {
  const rooted = rooted$refs({ components: { schemas: document.schemas } });
  const ajv = new Ajv2020({
    allErrors: true,
    useDefaults: true,
    allowUnionTypes: true,
    // A schema may be an example's neighbour or describe bytes: words that check nothing.
    keywords: ['components', 'example', 'discriminator'],
    formats,
    ...options,
    code: { source: true, formats: _`formats` },
  });
  ajv.addSchema({ $id: documentId, ...rooted });
  return ajv;
}

/** Lets `#/components/...` lead into the document wherever the schema is compiled. */
function rooted$refs<T>(node: T): T {
  if (Array.isArray(node)) return node.map(rooted$refs) as T;
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) =>
      key === '$ref' && typeof value === 'string' && value.startsWith('#')
        ? [key, `${documentId}${value}`]
        : [key, rooted$refs(value)],
    ),
  ) as T;
}
