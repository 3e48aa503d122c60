import type { JsonSchema, Operation, Parameter } from './document.ts';
import type { Fault } from './faults.ts';
import { fieldError, type FieldError } from './field-error.ts';
import { badRequest } from './problem.ts';
import type { Check, Schemas } from './schemas.ts';
import { textFault } from './text.ts';
import type { AnyRequest } from './types.ts';

interface ParameterCheck {
  parameter: Parameter;
  read: (text: string) => unknown;
  check: Check;
}

/** What a request gives for an operation's parameters, before any check. */
export interface GivenParameters {
  path: Record<string, string>;
  query: URLSearchParams;
  header: Headers;
}

/** What each parameter's holder, an object with at most that one in it, has to be. */
export const parameterSchemas = (operation: Operation): JsonSchema[] =>
  checked(operation).map(holderSchema);

/** An encoding that isn't known is a 415, which is for whoever reads the body to say. */
const checked = ({ parameters }: Operation): Parameter[] =>
  parameters.filter(({ name }) => name !== 'Content-Encoding');

const holderSchema = ({ name, required, schema }: Parameter): JsonSchema => ({
  type: 'object',
  required: required ? [name] : [],
  properties: { [name]: schema },
});

/** Makes the check of an operation's parameters; it throws a 400 that names each bad one. */
export function parametersCheck(
  operation: Operation,
  schemas: Schemas,
): (given: GivenParameters) => AnyRequest['params'] {
  const checks = checked(operation).map((parameter): ParameterCheck => ({
    parameter,
    read: reader(schemas.typeOf(parameter.schema)),
    check: schemas.checkOf(holderSchema(parameter)),
  }));
  const queryNames = new Set(
    operation.parameters.filter((p) => p.in === 'query').map(({ name }) => name),
  );

  return (given) => {
    const params: AnyRequest['params'] = { path: {}, query: {}, header: {} };
    const errors: FieldError[] = [];
    for (const { parameter, read, check } of checks) {
      const { name, in: place } = parameter;
      const values = valuesOf(given, parameter);
      if (values.length > 1) {
        const given = `${values.length} times`;
        const fault = { code: 'repeated', expected: 'must be given only once', given } as const;
        errors.push(fieldError(place, { path: name, ...fault }));
        continue;
      }
      const [text] = values;
      const bad = text === undefined ? undefined : textFault(text, name);
      if (bad) {
        errors.push(fieldError(place, bad));
        continue;
      }
      const holder = text === undefined ? {} : { [name]: read(text) };
      // Of a list, what is wrong with several entries is said of each.
      for (const fault of check(holder)) errors.push(fieldError(place, { ...fault, path: name }));
      Object.assign(params[place], holder);
    }
    for (const name of new Set(given.query.keys())) {
      if (!queryNames.has(name)) errors.push(fieldError('query', unknownParameter(name)));
    }
    if (errors.length > 0) throw badRequest(errors);
    return params;
  };
}

export const unknownParameter = (path: string): Fault => ({
  path,
  code: 'unknown_parameter',
  expected: 'is not a parameter of this operation',
});

function valuesOf(given: GivenParameters, { name, in: place }: Parameter): string[] {
  if (place === 'query') return given.query.getAll(name);
  const value = place === 'path' ? segment(given.path[name]) : given.header.get(name);
  return value === undefined || value === null ? [] : [value];
}

/**
 * A path parameter as it was meant. No path can carry `.` and `..`, encoded or not (clients and
 * proxies resolve them away), nor a word that is an operation of its own. So a segment that still
 * starts with a percent escape was encoded twice.
 */
const segment = (text: string | undefined): string | undefined =>
  text?.replace(/(^|[/\\])(%[\da-f]{2}[^/\\]*)/gi, (all, before: string, escaped: string) => {
    try {
      return before + decodeURIComponent(escaped);
    } catch {
      return all;
    }
  });

/** Text to the schema's type; what can't be read stays text, and fails the check by its type. */
function reader(type: unknown): (text: string) => unknown {
  switch (type) {
    case 'integer':
    case 'number':
      return (text) => (/^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text);
    case 'boolean':
      return (text) => (text === 'true' ? true : text === 'false' ? false : text);
    case 'array':
      return (text) => text.split(',');
    default:
      return (text) => text;
  }
}
