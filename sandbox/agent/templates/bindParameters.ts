import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import { Decimal } from '../expressions/decimal';
import { StrictDictionary, toNumber, type Dictionary, type Value } from '../expressions/value';
import { Problems, fail, type Position } from '../pipelineError';
import { get, toValue, type MappingNode, type Node } from '../yaml/node';
import { toTaskForm } from './taskForm';

/** The kinds of list that a parameter can hold, and how their items are expanded before they are bound. */
export type ListKind = 'stages' | 'jobs' | 'steps';

/** A value given to a parameter, expanded on demand as the parameter's type asks for it. */
export type GivenParameters = CaseInsensitiveMap<{ readonly at?: Position; readonly node: (list?: ListKind) => Node }>;

interface Declaration {
  readonly name: string;
  readonly type: string;
  readonly default: Node | undefined;
  readonly values: readonly Node[] | undefined;
  readonly at: Position;
}

/** https://learn.microsoft.com/azure/devops/pipelines/process/template-parameters#parameter-data-types */
const listTypes: Readonly<Record<string, ListKind>> = {
  step: 'steps',
  stepList: 'steps',
  job: 'jobs',
  jobList: 'jobs',
  deployment: 'jobs',
  deploymentList: 'jobs',
  stage: 'stages',
  stageList: 'stages',
};
const scalarTypes = ['string', 'number', 'boolean'];
const otherTypes = ['object', 'stringList', 'legacyObject'];
const knownTypes = [...scalarTypes, ...otherTypes, ...Object.keys(listTypes)];

/**
 * Gives the parameters that a file declares their values. All that is wrong is said at once: values that are missing,
 * unknown, of the wrong type or not among those allowed. `at` is where the values come from.
 *
 * A template that declares none, or declares them by the older mapping, also takes values that it doesn't declare, and
 * gives null for a parameter that it doesn't have. Everywhere else both are errors, as in the pipeline itself.
 */
export function bindParameters(
  declarations: Node | undefined,
  given: GivenParameters,
  at: Position,
  isPipeline = false,
): Dictionary {
  const problems = new Problems();
  const declared = problems.attempt(() => readDeclarations(declarations)) ?? [];
  const isLenient = !isPipeline && declarations?.kind !== 'sequence';
  const bound: Dictionary = isLenient ? new CaseInsensitiveMap() : new StrictDictionary();
  for (const declaration of declared) {
    const list = listTypes[declaration.type];
    const value = given.get(declaration.name);
    const node = value ? problems.attempt(() => value.node(list)) : declaration.default;
    if (node) problems.attempt(() => bound.set(declaration.name, typedValue(declaration, node)));
    else if (!value) problems.add(`A value for the '${declaration.name}' parameter must be provided.`, at);
  }
  const names = new Set(declared.map(({ name }) => name.toLowerCase()));
  for (const [name, value] of given) {
    if (names.has(name.toLowerCase())) continue;
    if (isLenient) problems.attempt(() => bound.set(name, toValue(asTexts(value.node()))));
    else problems.add(`Unexpected parameter '${name}'`, value.at ?? at);
  }
  problems.throwIfAny();
  return bound;
}

/** Both forms: a list of declarations, and the older mapping of names to defaults. */
function readDeclarations(node: Node | undefined): Declaration[] {
  if (!node || node.kind === 'scalar') return [];
  if (node.kind === 'mapping') {
    return node.entries.map(({ key, value }) => ({
      name: key.text,
      type: 'legacyObject',
      default: value,
      values: undefined,
      at: key.at,
    }));
  }
  return node.items.map((item) => {
    if (item.kind !== 'mapping') return fail("a parameter is declared by a mapping with a 'name'", item.at);
    return readDeclaration(item);
  });
}

function readDeclaration(node: MappingNode): Declaration {
  const known = ['name', 'displayName', 'type', 'default', 'values'];
  for (const { key } of node.entries) {
    if (!known.includes(key.text))
      fail(`'${key.text}' is not allowed in a parameter: expected one of ${known.join(', ')}`, key.at);
  }
  const [name, type, values] = [get(node, 'name'), get(node, 'type'), get(node, 'values')];
  if (name?.kind !== 'scalar' || name.text === '') fail("a parameter needs a 'name'", node.at);
  const typeName =
    type?.kind === 'scalar' ? knownTypes.find((each) => each.toLowerCase() === type.text.toLowerCase()) : 'string';
  if (type && (type.kind !== 'scalar' || !typeName)) {
    fail(`the type of parameter '${name.text}' is not supported: expected one of ${knownTypes.join(', ')}`, type.at);
  }
  if (values && values.kind !== 'sequence') fail(`'values' of parameter '${name.text}' is not a list`, values.at);
  return {
    name: name.text,
    type: typeName ?? 'string',
    default: get(node, 'default'),
    values: values?.kind === 'sequence' ? values.items : undefined,
    at: name.at,
  };
}

function typedValue(declaration: Declaration, node: Node): Value {
  const { name, type, values } = declaration;
  if (type === 'legacyObject') return toValue(asTexts(node));
  if (scalarTypes.includes(type)) {
    const value = scalarValue(name, type, node);
    if (values && !values.some((allowed) => isSame(scalarValue(name, type, allowed), value))) {
      fail(
        `the parameter '${name}' can't be '${textOf(node)}': allowed values are ${values.map(textOf).join(', ')}`,
        node.at,
      );
    }
    return value;
  }
  const isList = type.endsWith('List');
  if (isList && node.kind !== 'sequence') fail(`the parameter '${name}' takes a list (${type})`, node.at);
  if (!isList && type !== 'object' && node.kind !== 'mapping')
    fail(`the parameter '${name}' takes one ${type}`, node.at);
  if (type === 'stringList') checkStrings(declaration, node);
  const list = listTypes[type];
  return toValue(list ? toTaskForm(node, list) : node);
}

/** In the parameters of older templates every boolean, number and null is a text, at any depth. */
function asTexts(node: Node): Node {
  switch (node.kind) {
    case 'scalar':
      return node.style === 'plain'
        ? { ...node, text: /^(~|null)$/i.test(node.text) ? '' : node.text, style: 'quoted' }
        : node;
    case 'sequence':
      return { ...node, items: node.items.map(asTexts) };
    case 'mapping':
      return { ...node, entries: node.entries.map(({ key, value }) => ({ key, value: asTexts(value) })) };
  }
}

function checkStrings({ name, values }: Declaration, node: Node): void {
  const allowed = values?.map(textOf);
  for (const item of node.kind === 'sequence' ? node.items : []) {
    if (item.kind !== 'scalar') fail(`the parameter '${name}' takes a list of strings`, item.at);
    if (allowed && !allowed.includes(item.text)) {
      fail(`the parameter '${name}' can't contain '${item.text}': allowed values are ${allowed.join(', ')}`, item.at);
    }
  }
}

function isSame(left: Value, right: Value): boolean {
  return left instanceof Decimal && right instanceof Decimal ? left.compareTo(right) === 0 : left === right;
}

function textOf(node: Node): string {
  return node.kind === 'scalar' ? node.text : `a ${node.kind}`;
}

function scalarValue(name: string, type: string, node: Node): Value {
  if (node.kind !== 'scalar') return fail(`the parameter '${name}' takes a ${type}, not a list or a mapping`, node.at);
  if (type === 'string') return node.text;
  const value = type === 'number' ? toNumber(node.text) : readBoolean(node.text);
  if (value === undefined || node.text === '')
    return fail(`the parameter '${name}' takes a ${type}, not '${node.text}'`, node.at);
  return value;
}

/** https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/boolean */
export function readBoolean(text: string): boolean | undefined {
  if (/^(true|y|yes|on)$/i.test(text)) return true;
  return /^(false|n|no|off)$/i.test(text) ? false : undefined;
}
