import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Document, JsonSchema } from './document.ts';

/** What is wrong with a value: where in it (a JSON pointer, empty for the whole) and why. */
interface Fault {
  path: string;
  message: string;
}

/** Checks a value and fills in defaults. No faults: it conforms. */
export type Check = (value: unknown) => Fault[];

const documentId = 'contract';

/** Compiles the contract's schemas. */
export class Schemas {
  readonly #ajv: Ajv2020;

  constructor(document: Document) {
    this.#ajv = new Ajv2020({
      allErrors: true,
      useDefaults: true,
      allowUnionTypes: true,
      // A schema may be an example's neighbour or describe bytes: words that check nothing.
      keywords: ['components', 'example', 'discriminator'],
    });
    this.#ajv.addFormat('uuid', uuid);
    this.#ajv.addFormat('date-time', { type: 'string', validate: isInstant });
    const rooted = rooted$refs({ components: { schemas: document.schemas } });
    this.#ajv.addSchema({ $id: documentId, ...rooted });
  }

  compile(schema: JsonSchema): Check {
    const validate: ValidateFunction = this.#ajv.compile(rooted$refs(schema));
    return (value) => (validate(value) ? [] : faultsOf(validate.errors ?? []));
  }

  /** What a parameter's schema says of its type, behind its references. */
  typeOf(schema: JsonSchema): unknown {
    const { $ref } = rooted$refs(schema) as { $ref?: string };
    if ($ref === undefined) return schema.type;
    const target = this.#ajv.getSchema($ref)?.schema as JsonSchema | undefined;
    return target && this.typeOf(target);
  }
}

/** As PostgreSQL takes it: without `urn:uuid:` before it. */
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** RFC 3339 with an offset, and a time that exists: no 24:00, nor 23:59:60, which `Date` lacks. */
const instant = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

function isInstant(text: string): boolean {
  if (!instant.test(text)) return false;
  const day = text.slice(0, 10);
  const midnight = new Date(`${day}T00:00:00Z`);
  // `Date` takes February 30th for March 2nd.
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return false;
  return !Number.isNaN(Date.parse(text.toUpperCase()));
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

const pointer = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

function faultsOf(errors: ErrorObject[]): Fault[] {
  return errors.map(({ keyword, instancePath, params, message = 'is not valid' }) => {
    const named = params as Record<string, unknown>;
    switch (keyword) {
      case 'required':
        return {
          path: instancePath + pointer(String(named.missingProperty)),
          message: 'is required',
        };
      case 'additionalProperties':
        return {
          path: instancePath + pointer(String(named.additionalProperty)),
          message: 'is not known',
        };
      case 'enum':
        return {
          path: instancePath,
          message: `must be one of ${(named.allowedValues as unknown[]).join(', ')}`,
        };
      case 'const':
        return { path: instancePath, message: `must be ${String(named.allowedValue)}` };
      case 'format':
        return {
          path: instancePath,
          message:
            named.format === 'date-time'
              ? 'must be a time such as 2026-11-21T10:00:00Z'
              : `must be a ${String(named.format)}`,
        };
      case 'minLength':
        return { path: instancePath, message: named.limit === 1 ? 'must not be empty' : message };
      default:
        return { path: instancePath, message };
    }
  });
}
