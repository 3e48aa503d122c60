import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Document, JsonSchema } from './document.ts';

/** What is wrong with a value: where in it (a JSON pointer, empty for the whole) and why. */
interface Fault {
  path: string;
  message: string;
}

/** Checks a value and fills in defaults. No faults: it conforms. */
export type Check = (value: unknown) => Fault[];

/** Ajv's functions by the schema that they check, as JSON. */
export type Validators = Readonly<Record<string, ValidateFunction>>;

/** The checks that were compiled of a contract: many need those of answers never. */
export interface Checks {
  requests: Validators;
  answers: () => Validators;
}

/** Finds the check of each schema. */
export class Schemas {
  readonly #document: Document;
  readonly #checks: Checks;
  readonly #answers = new WeakMap<JsonSchema, Check>();

  constructor(document: Document, checks: Checks) {
    this.#document = document;
    this.#checks = checks;
  }

  /** The check of something that comes in. */
  checkOf(schema: JsonSchema): Check {
    return find(this.#checks.requests, schema);
  }

  /** The check of something that goes out. */
  answerCheckOf(schema: JsonSchema): Check {
    let check = this.#answers.get(schema);
    if (!check) {
      check = find(this.#checks.answers(), schema);
      this.#answers.set(schema, check);
    }
    return check;
  }

  /** What a parameter's schema says of its type, behind its references. */
  typeOf(schema: JsonSchema): unknown {
    if (typeof schema.$ref !== 'string') return schema.type;
    const target = this.#document.schemas[schema.$ref.split('/').at(-1) ?? ''];
    return target && this.typeOf(target);
  }
}

function find(validators: Validators, schema: JsonSchema): Check {
  const key = JSON.stringify(schema);
  const validate = validators[key];
  if (!validate) throw new Error(`No check was compiled of the schema ${key}`);
  return (value) => (validate(value) ? [] : faultsOf(validate.errors ?? []));
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
