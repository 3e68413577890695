import { documentPathText, type DocumentPath, type Finding } from '../finding';
import { isList, isMap, type Json } from '../json';

const typeNames = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
} as const;

/** The part of JSON Schema (draft 07) in which the documents of steps are described. */
export interface JsonSchema {
  readonly type?: keyof typeof typeNames | readonly (keyof typeof typeNames)[];
  readonly description?: string;
  readonly enum?: readonly (string | number | boolean)[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** Whether there may be others, or what they hold. */
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  /** Each has a description, for the message that none fits. */
  readonly anyOf?: readonly JsonSchema[];
  /** `#/definitions/name`. */
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

/** A kind of document, as inputs of tasks take it. */
export function documentSchema(name: string, given: JsonSchema) {
  const schema = withoutReferences(given, given.definitions ?? {});
  return {
    name,
    textAt: (path: DocumentPath): boolean | undefined => isTextAt(schema, path),
    check: (document: Json): readonly Finding[] => [...findings(document, schema, [])],
  };
}

/** The same schema with its references replaced by what they name; definitions must not refer to themselves. */
function withoutReferences(schema: JsonSchema, definitions: Readonly<Record<string, JsonSchema>>): JsonSchema {
  if (schema.$ref !== undefined) {
    const referred = definitions[schema.$ref.replace('#/definitions/', '')];
    if (!referred) throw new Error(`The schema has no ${schema.$ref}.`);
    return withoutReferences(referred, definitions);
  }
  const { properties, additionalProperties: others, items, anyOf } = schema;
  return {
    ...schema,
    ...(typeof others === 'object' && { additionalProperties: withoutReferences(others, definitions) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, below]) => [name, withoutReferences(below, definitions)]),
      ),
    }),
    ...(items && { items: withoutReferences(items, definitions) }),
    ...(anyOf && { anyOf: anyOf.map((each) => withoutReferences(each, definitions)) }),
  };
}

/** Whether a scalar at a path is text: only text may be there, or text beside numbers and booleans, which are texts then. */
function isTextAt(schema: JsonSchema, path: DocumentPath): boolean {
  const [step, ...rest] = path;
  if (step === undefined) return isText(schema);
  if (schema.anyOf) return schema.anyOf.some((each) => isTextAt(each, path));
  const { items, properties = {}, additionalProperties: others } = schema;
  const below =
    typeof step === 'number'
      ? items
      : Object.hasOwn(properties, step)
        ? properties[step]
        : typeof others === 'object'
          ? others
          : undefined;
  return below !== undefined && isTextAt(below, rest);
}

function isText({ type, anyOf }: JsonSchema): boolean {
  if (!anyOf) return typeof type === 'string' ? type === 'string' : (type?.includes('string') ?? false);
  const scalars = anyOf.filter((each) => each.type !== 'object' && each.type !== 'array');
  return scalars.length > 0 && scalars.every(isText);
}

function* findings(value: Json, schema: JsonSchema, path: DocumentPath): Generator<Finding> {
  const { type, anyOf } = schema;
  const wrong = (problem: string): Finding => ({
    path,
    message: `${documentPathText(path)} ${problem}`,
    severity: 'error',
  });
  if (anyOf && !anyOf.some((each) => findings(value, each, path).next().done)) {
    yield wrong(`must be ${anyOf.map(({ description = '' }) => description).join(', or ')}.`);
    return;
  }
  if (type !== undefined) {
    const types = typeof type === 'string' ? [type] : type;
    if (!types.some((each) => isOfType(value, each))) {
      yield wrong(`must be ${types.map((each) => typeNames[each]).join(' or ')}, not ${kindOf(value)}.`);
      return;
    }
  }
  if (schema.enum && !schema.enum.some((word) => word === value))
    yield wrong(`must be one of ${schema.enum.join(', ')}.`);
  if (isMap(value)) yield* mapFindings(value, schema, path);
  else if (isList(value)) yield* listFindings(value, schema, path, wrong);
  else yield* scalarFindings(value, schema, wrong);
}

function* mapFindings(
  map: { readonly [name: string]: Json | undefined },
  { properties = {}, required = [], additionalProperties = true }: JsonSchema,
  path: DocumentPath,
): Generator<Finding> {
  for (const [name, value = null] of Object.entries(map)) {
    const at = [...path, name];
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (own) yield* findings(value, own, at);
    else if (typeof additionalProperties === 'object') yield* findings(value, additionalProperties, at);
    else if (!additionalProperties)
      yield {
        path: at,
        message: `${documentPathText(at)} is not known. Known are: ${Object.keys(properties).join(', ')}.`,
        severity: 'error',
      };
  }
  for (const name of required)
    if (map[name] === undefined)
      yield { path, message: `${documentPathText([...path, name])} is missing.`, severity: 'error' };
}

function* listFindings(
  list: readonly Json[],
  { items, minItems = 0, uniqueItems = false }: JsonSchema,
  path: DocumentPath,
  wrong: (problem: string) => Finding,
): Generator<Finding> {
  if (list.length < minItems)
    yield wrong(`must have at least ${minItems === 1 ? 'one entry' : `${minItems} entries`}.`);
  if (items) for (const [index, item] of list.entries()) yield* findings(item, items, [...path, index]);
  if (!uniqueItems) return;
  for (const [index, item] of list.entries())
    if (list.indexOf(item) < index)
      yield {
        path: [...path, index],
        message: `${documentPathText([...path, index])} repeats an entry above it.`,
        severity: 'error',
      };
}

function* scalarFindings(
  value: Json,
  { minLength = 0, minimum = -Infinity, maximum = Infinity, pattern }: JsonSchema,
  wrong: (problem: string) => Finding,
): Generator<Finding> {
  if (typeof value === 'number' && (value < minimum || value > maximum))
    yield wrong(maximum === Infinity ? `must be at least ${minimum}.` : `must be from ${minimum} to ${maximum}.`);
  if (typeof value !== 'string') return;
  if (value.length < minLength) yield wrong('must not be empty.');
  else if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) yield wrong(`must match ${pattern}.`);
}

function isOfType(value: Json, type: keyof typeof typeNames): boolean {
  if (type === 'array') return isList(value);
  if (type === 'object') return isMap(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function kindOf(value: Json): string {
  if (value === null) return 'empty';
  if (isList(value)) return typeNames.array;
  if (isMap(value)) return typeNames.object;
  return typeNames[typeof value as 'string' | 'number' | 'boolean'];
}
