import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { inRoot } from './root.ts';

interface Schema {
  $ref?: string;
  type?: string;
  enum?: string[];
}

interface Parameter {
  $ref?: string;
  name: string;
  in: string;
  schema: Schema;
}

interface Operation {
  operationId: string;
  summary: string;
  parameters?: Parameter[];
}

interface Contract {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; parameters: Record<string, Parameter> };
}

/**
 * The source of `cli/generated/contract.ts`: every operation, the values that its query parameters
 * may have, and the values of every schema that lists some.
 */
export async function cliContract(): Promise<string> {
  const text = await readFile(inRoot('openapi.yaml'), 'utf8');
  const { paths, components } = parse(text) as Contract;
  const named = <T>(kind: Record<string, T>, $ref: string): T => {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    const found = kind[name];
    if (found === undefined) throw new Error(`openapi.yaml lacks ${$ref}`);
    return found;
  };
  const valuesOf = ({ $ref, enum: values }: Schema): string[] | undefined =>
    $ref === undefined ? values : valuesOf(named(components.schemas, $ref));

  const operations: Record<string, { method: string; path: string; summary: string }> = {};
  const choices: Record<string, Record<string, string[]>> = {};
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const { operationId: id, summary, parameters = [] } = operation;
      operations[id] = { method: method.toUpperCase(), path, summary };
      const own = parameters
        .map((it) => (it.$ref === undefined ? it : named(components.parameters, it.$ref)))
        .filter((parameter) => parameter.in === 'query')
        .flatMap(({ name, schema }) => {
          const values = valuesOf(schema);
          return values ? [[name, values] as const] : [];
        });
      if (own.length > 0) choices[id] = Object.fromEntries(own);
    }
  }
  const enums = Object.fromEntries(
    Object.entries(components.schemas).flatMap(([name, { type, enum: values }]) =>
      type === 'string' && values ? [[name, values]] : [],
    ),
  );
  const constant = (about: string, name: string, value: object): string =>
    `/** ${about} */\nexport const ${name} = ${JSON.stringify(value, null, 2)} as const;\n`;
  return [
    '/** What the command line needs of openapi.yaml; written by `npm run generate`. */\n',
    constant('Every operation by its id.', 'operations', operations),
    constant('The values of query parameters, by operation.', 'choices', choices),
    constant('The values of schemas that list some.', 'enums', enums),
  ].join('\n');
}
