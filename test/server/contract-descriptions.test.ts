import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compiled } from '../../server/contract/compiled.ts';

/** As much of a schema, parameter or header as its description is about. */
interface Described {
  $ref?: string;
  name?: string;
  description?: string;
  type?: string | string[];
  const?: unknown;
  maximum?: number;
  oneOf?: Described[];
  anyOf?: Described[];
  schema?: Described;
}

/** Something that a caller sends or reads. */
interface Field {
  path: string;
  name: string;
  /** What it is in: names of schemas and of properties around it. */
  around: readonly string[];
  node: Described;
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (node: unknown): node is Tree => typeof node === 'object' && node !== null;

const document = compiled().source as unknown as Tree;

function at(...steps: readonly string[]): Tree {
  const found = steps.reduce<unknown>((node, step) => (node as Tree)[step], document);
  assert.ok(isTree(found), steps.join('.'));
  return found;
}

const schemas = at('components', 'schemas') as Readonly<Record<string, Described>>;

const EXAMPLES = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** Every property, at whatever depth, and every parameter and header that is written out. */
function* fieldsIn(node: Tree, path: string, around: readonly string[]): Generator<Field> {
  for (const [key, value] of Object.entries(node)) {
    if (!isTree(value) || EXAMPLES.has(key)) continue;
    const here = path === '' ? key : `${path}.${key}`;
    if (key === 'properties' || key === 'headers' || key === 'parameters') {
      for (const [place, child] of Object.entries(value)) {
        if (!isTree(child)) continue;
        const described = child as Described;
        // A parameter that is a reference is one of the components'.
        if (described.$ref !== undefined && key !== 'properties') continue;
        const name = key === 'parameters' ? (described.name ?? place) : place;
        yield { path: `${here}.${name}`, name, around, node: described };
        yield* fieldsIn(child, `${here}.${name}`, [...around, name]);
      }
    } else {
      yield* fieldsIn(value, here, path === 'components.schemas' ? [key] : around);
    }
  }
}

const fields = [...fieldsIn(document, '', [])];

const schemaOf = ({ node }: Field): Described => node.schema ?? node;

const targetOf = ({ $ref }: Described): Described | undefined =>
  $ref === undefined ? undefined : schemas[$ref.slice($ref.lastIndexOf('/') + 1)];

/** By which names properties refer to each schema. */
const names = new Map<string, Set<string>>();
for (const { name, node } of fields) {
  if (node.$ref === undefined) continue;
  names.set(node.$ref, (names.get(node.$ref) ?? new Set()).add(name));
}

/**
 * Its own description, else that of the schema that it refers to: unless other properties do so by
 * other names, as of a count, which says nothing of what is counted.
 */
function descriptionOf({ node }: Field): string | undefined {
  if (node.description !== undefined || node.$ref === undefined) return node.description;
  return names.get(node.$ref)?.size === 1 ? targetOf(node)?.description : undefined;
}

function mayBeNull(schema: Described): boolean {
  const { type = [], oneOf = [], anyOf = [] } = schema;
  const target = targetOf(schema);
  if ([type].flat().includes('null') || schema.const === null) return true;
  return [...oneOf, ...anyOf, ...(target ? [target] : [])].some(mayBeNull);
}

/** `timeToFirstTokenMs` as its words. */
const wordsOf = (text: string): string[] =>
  text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '')
    .map((word) => word.replace(/(?<=\w{2})s$/, ''));

const FILLERS = new Set(
  wordsOf('a an and as by for has have in is it its of on one or that the their this to which'),
);

const isNumber = (schema: Described): boolean =>
  [schema.type ?? []].flat().some((type) => type === 'number' || type === 'integer');

/** What a number or an amount is measured in, by how its name ends. */
const UNITS: readonly (readonly [name: RegExp, unit: RegExp])[] = [
  [/Ms$/, /\bms\b/],
  [/bytes$/i, /\bbytes\b/],
  [/(?:Seconds|expiresIn)$/i, /\bseconds\b/i],
  [/Minutes$/, /\bminutes\b/i],
  [/Hours$/, /\bhours\b/i],
  [/Days$/, /\bdays\b/i],
];

const pathsOf = (some: readonly Field[]): string[] => some.map(({ path }) => path);

describe('descriptions', () => {
  test('are there of every property, parameter and header, at any depth', () => {
    assert.ok(fields.length > 1_000, String(fields.length));
    assert.deepEqual(pathsOf(fields.filter((field) => !descriptionOf(field)?.trim())), []);
  });

  test('are there of every schema that has a name', () => {
    const bare = Object.entries(schemas).filter(([, { description }]) => !description?.trim());
    assert.deepEqual(
      bare.map(([name]) => name),
      [],
    );
  });

  test('say more than the name', () => {
    const repeats = (field: Field): boolean => {
      const said = wordsOf(descriptionOf(field) ?? '');
      const known = new Set([field.name, ...field.around].flatMap(wordsOf));
      return said.every((word) => known.has(word) || FILLERS.has(word));
    };
    assert.deepEqual(pathsOf(fields.filter(repeats)), []);
  });

  test('are more than a word or two', () => {
    const isShort = (field: Field): boolean => {
      const text = descriptionOf(field) ?? '';
      return text.length < 12 || text.trim().split(/\s+/).length < 3;
    };
    assert.deepEqual(pathsOf(fields.filter(isShort)), []);
  });

  test('say when a value is null', () => {
    const isSilent = (field: Field): boolean => {
      const said = [descriptionOf(field), targetOf(field.node)?.description];
      return mayBeNull(schemaOf(field)) && !said.some((text) => /\bnull\b/.test(text ?? ''));
    };
    assert.deepEqual(pathsOf(fields.filter(isSilent)), []);
  });

  test('say what a number is measured in', () => {
    const isUnclear = (field: Field): boolean => {
      const schema = schemaOf(field);
      const [, unit] = UNITS.find(([name]) => name.test(field.name)) ?? [];
      return isNumber(schema) && unit !== undefined && !unit.test(descriptionOf(field) ?? '');
    };
    assert.deepEqual(pathsOf(fields.filter(isUnclear)), []);
  });

  test('say which way a share is written', () => {
    const isUnclear = (field: Field): boolean => {
      const { maximum } = schemaOf(field);
      return maximum === 1 && !/\b0 to 1\b/.test(descriptionOf(field) ?? '');
    };
    assert.deepEqual(pathsOf(fields.filter(isUnclear)), []);
  });
});
