import type { ValidateFunction } from 'ajv';
import type { Document, JsonSchema } from './document.ts';
import { faultsOf, type Fault } from './faults.ts';

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
  if (!validate) throw new Error(`No check was compiled for the schema ${key}`);
  return (value) => (validate(value) ? [] : faultsOf(validate.errors ?? []));
}
